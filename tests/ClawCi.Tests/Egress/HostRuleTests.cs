using ClawCi.Permissions;
using ClawCi.Sandboxes.Egress;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Egress;

public sealed class HostRuleTests
{
    private static readonly string[] Words =
    [
        "nuget",
        "github",
        "a.test",
        "a.test:8443",
        "b.a.test",
        "*.a.test",
        "*.a.test:443",
        "*.b.a.test",
        "api.nuget.org",
        "*.nuget.org:443",
        "10.1.2.3:80",
        "nexus:8081",
    ];

    private static readonly string[] Hosts =
    [
        "a.test",
        "b.a.test",
        "c.b.a.test",
        "xa.test",
        "api.nuget.org",
        "www.nuget.org",
        "evil.org",
        "github.com",
        "10.1.2.3",
        "nexus",
    ];

    private static readonly int[] Ports = [22, 80, 443, 8081, 8443];

    private static readonly Gen<NetworkAccess> Access = Gen.Int[0, Words.Length - 1]
        .Array[1, 5]
        .Select(picks => new NetworkAccess(NetworkReader.Rules(picks.Select(i => Words[i])), []));

    [Fact]
    public void What_two_lists_allow_together_is_what_each_of_them_allows() =>
        Gen.Select(Access, Access, Gen.Int[0, Hosts.Length - 1], Gen.Int[0, Ports.Length - 1])
            .Sample(
                (a, b, host, port) =>
                {
                    bool Allows(NetworkAccess access) => access.Find(Hosts[host], Ports[port]) is not null;
                    return Allows(a.And(b)) == (Allows(a) && Allows(b));
                }
            );

    [Fact]
    public void Every_bundle_is_read_and_allows_its_hosts_at_the_two_web_ports_only()
    {
        foreach (var (name, hosts) in Bundles.All)
        {
            var access = new NetworkAccess(NetworkReader.Rules([name]), []);
            Assert.Equal([name], access.Words);
            Assert.All(hosts, host => Assert.Equal(host, HostName.Canonical(host)));
            Assert.All(hosts, host => Assert.Equal(name, access.Find(host, 443)?.Text));
            Assert.All(hosts, host => Assert.Null(access.Find(host, 22)));
        }
    }

    [Theory]
    [InlineData("nugget", "there is no bundle `nugget`. Did you mean `nuget`?")]
    [InlineData("pypy", "Did you mean `pypi`?")]
    [InlineData("localhost", "A host without a dot needs its port, such as `localhost:443`")]
    [InlineData("*", "`*` would be every host")]
    [InlineData("*.com", "more than one domain's hosts")]
    [InlineData("a.*.test", "only at the beginning")]
    [InlineData("https://a.test", "without scheme and path")]
    [InlineData("a.test/x", "without scheme and path")]
    [InlineData("a.test:0", "no port")]
    [InlineData("a.test:99999", "no port")]
    [InlineData("a.test:443:80", "IPv6 addresses cannot be named")]
    [InlineData("[::1]:443", "IPv6 addresses cannot be named")]
    [InlineData("10.0.0.1", "an address needs its port")]
    [InlineData("0177.0.0.1:80", "neither a host")]
    [InlineData("2130706433:80", "neither a host")]
    [InlineData("user@a.test", "neither a host")]
    [InlineData("bücher.test", "begins with `xn--`")]
    public void What_is_no_rule_says_why(string text, string why)
    {
        Assert.Null(HostRuleReader.Read(text, out var problem));
        Assert.Contains(why, problem);
    }
}
