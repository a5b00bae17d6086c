using System.Text;
using ClawCi.Runs.Checks;
using Xunit;

namespace ClawCi.Tests.Runs.Checks;

public sealed class TestReportTests
{
    [Fact]
    public void Pytest() =>
        Assert.Equal(
            [
                "passed tests.test_a.test_ok",
                "failed tests.test_a.TestB.test_no[1-x]",
                "skipped tests.test_a.test_later",
                "failed pytest.tests.test_broken",
            ],
            Read(
                """
                <?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.05">
                <testcase classname="tests.test_a" name="test_ok" time="0.001" />
                <testcase classname="tests.test_a.TestB" name="test_no[1-x]" time="0.001"><failure message="assert 1 == 2">def test_no</failure></testcase>
                <testcase classname="tests.test_a" name="test_later"><skipped type="pytest.skip" message="later">x</skipped></testcase>
                <testcase classname="" name="tests.test_broken"><error message="collection failure">E</error></testcase>
                </testsuite></testsuites>
                """
            )
        );

    [Fact]
    public void Surefire_with_a_test_that_passed_in_the_end() =>
        Assert.Equal(
            ["passed com.example.AppTest.flaky", "failed com.example.AppTest.broken", "failed com.example.AppTest.bad"],
            Read(
                """
                <testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="com.example.AppTest" tests="3" errors="1" skipped="0" failures="1">
                  <properties><property name="java.version" value="21"/></properties>
                  <testcase name="flaky" classname="com.example.AppTest" time="0.1"><flakyFailure message="x" type="AssertionError"><stackTrace>…</stackTrace></flakyFailure></testcase>
                  <testcase name="broken" classname="com.example.AppTest"><error message="npe" type="NullPointerException"><![CDATA[at <init>]]></error><system-out>&#27;[31m<![CDATA[ <failure/> ]]></system-out></testcase>
                  <testcase name="bad" classname="com.example.AppTest"><failure type="AssertionError"/><rerunFailure type="AssertionError"/></testcase>
                </testsuite>
                """
            )
        );

    [Fact]
    public void Jest_junit_gotestsum_and_GoogleTest() =>
        Assert.Equal(
            [
                "passed sum adds.sum adds",
                "failed example.com/a.TestX/sub",
                "skipped example.com/a.TestY",
                "skipped Math.Off",
                "failed suite.no class",
            ],
            Read(
                """
                <testsuites name="jest tests" tests="5"><testsuite name="sum" tests="1"><testcase classname="sum adds" name="sum adds" time="0.003"></testcase></testsuite>
                <testsuite name="example.com/a"><testcase classname="example.com/a" name="TestX/sub"><failure message="Failed" type="">=== RUN</failure></testcase>
                <testcase classname="example.com/a" name="TestY"><skipped message="=== SKIP"/></testcase></testsuite>
                <testsuite name="Math"><testcase name="Off" status="notrun" result="suppressed" classname="Math"/></testsuite>
                <testsuite name="outer"><testsuite name="suite"><testcase name="no class"><failure/></testcase></testsuite></testsuite></testsuites>
                """
            )
        );

    [Fact]
    public void Trx_of_xunit_and_MSTest() =>
        Assert.Equal(
            [
                "passed Lib.Tests.A.Works(x: 1)",
                "failed Lib.Tests.B.Adds",
                "skipped Lib.Tests.B.Later",
                "failed Lib.Tests.B.Odd",
            ],
            Read(
                """
                <?xml version="1.0" encoding="utf-8"?>
                <TestRun id="1" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
                  <Results>
                    <UnitTestResult testId="a" testName="Lib.Tests.A.Works(x: 1)" outcome="Passed" />
                    <UnitTestResult testId="b" testName="Adds" outcome="Failed"><Output><ErrorInfo><Message>no</Message></ErrorInfo></Output></UnitTestResult>
                    <UnitTestResult testId="c" testName="Later" outcome="NotExecuted" />
                    <UnitTestResult testId="d" testName="Odd" outcome="Somehow" />
                  </Results>
                  <TestDefinitions>
                    <UnitTest name="Lib.Tests.A.Works(x: 1)" id="a"><TestMethod className="Lib.Tests.A" name="Works" /></UnitTest>
                    <UnitTest name="Adds" id="b"><TestMethod className="Lib.Tests.B, Lib" name="Adds" /></UnitTest>
                    <UnitTest name="Later" id="c"><TestMethod className="Lib.Tests.B" name="Later" /></UnitTest>
                    <UnitTest name="Odd" id="d"><TestMethod className="Lib.Tests.B" name="Odd" /></UnitTest>
                  </TestDefinitions>
                </TestRun>
                """
            )
        );

    [Fact]
    public void Tap_with_subtests_directives_and_diagnostics() =>
        Assert.Equal(
            [
                "passed math.adds",
                "failed math.divides",
                "failed math",
                "skipped later",
                "skipped wish",
                "passed test 4",
            ],
            Read(
                """
                TAP version 13
                # Subtest: math
                    ok 1 - adds
                    not ok 2 - divides
                      ---
                      ok 3 - is part of the message
                      ...
                    1..2
                not ok 1 - math
                ok 2 - later # SKIP no network
                not ok 3 - wish # TODO some day
                ok 4
                1..4
                # tests 4
                """
            )
        );

    [Theory]
    [InlineData("", "neither XML nor TAP")]
    [InlineData("all is well, exit 0", "neither XML nor TAP")]
    [InlineData("1..3\nok 1\nok 2\n", "2 of the 3 tests")]
    [InlineData("1..2\nok 1\nBail out! no database\n", "bailed out")]
    [InlineData("<html></html>", "neither JUnit XML nor TRX")]
    [InlineData("<testsuite><testcase name='a'/>", "not well-formed")]
    [InlineData("<!DOCTYPE testsuite [<!ENTITY a 'b'>]><testsuite name='&a;'/>", "DTD is prohibited")]
    [InlineData("<!DOCTYPE t SYSTEM 'file:///etc/passwd'><testsuite/>", "DTD is prohibited")]
    public void What_cannot_be_relied_on_is_no_report(string text, string why) =>
        Assert.Contains(
            why,
            Assert.Throws<TestReportException>(() => TestReport.Read(Encoding.UTF8.GetBytes(text))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Depth_length_and_odd_bytes_are_no_trouble()
    {
        var deep = string.Concat(Enumerable.Repeat("<testsuite>", 100_000));
        Assert.Throws<TestReportException>(() => TestReport.Read(Encoding.UTF8.GetBytes(deep)));
        var hashes = "1..1\nok 1 " + string.Concat(Enumerable.Repeat("# ", 2_000_000));
        Assert.Equal(TestCase.LongestName, Assert.Single(TestReport.Read(Encoding.UTF8.GetBytes(hashes))).Name.Length);
        Assert.Throws<TestReportException>(() => TestReport.Read([0xFF, 0xFE, 0x00]));
        Assert.Throws<TestReportException>(() => TestReport.Read([0, 1, 2, 0x80]));
    }

    private static IEnumerable<string> Read(string text) =>
        TestReport
            .Read(Encoding.UTF8.GetBytes(text))
            .Select(test => $"{test.End.ToString().ToLowerInvariant()} {test.Name}");
}
