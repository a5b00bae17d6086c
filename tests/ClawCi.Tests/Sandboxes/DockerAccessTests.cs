using System.Security.Cryptography;
using System.Text;
using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Sandboxes;

public sealed class DockerAccessTests
{
    [Fact]
    public void Without_a_word_it_is_Dockers_own_socket()
    {
        using var home = new TempDirectory();
        Assert.Equal("unix:///var/run/docker.sock", Read(home).Endpoint.ToString());
    }

    [Fact]
    public void DOCKER_HOST_wins_over_DOCKER_CONTEXT_and_that_over_the_chosen_context()
    {
        using var home = new TempDirectory();
        WriteContext(home, "one", "unix:///one.sock");
        WriteContext(home, "two", "unix:///two.sock");
        home.Write("config.json", """{"currentContext":"one"}""");
        Assert.Equal("/one.sock", Read(home).Endpoint.LocalPath);
        Assert.Equal("/two.sock", Read(home, context: "two").Endpoint.LocalPath);
        Assert.Equal("/three.sock", Read(home, host: "unix:///three.sock", context: "two").Endpoint.LocalPath);
        Assert.Equal("/var/run/docker.sock", Read(home, context: "default").Endpoint.LocalPath);
    }

    [Fact]
    public void A_context_that_is_not_there_is_named_with_its_file()
    {
        using var home = new TempDirectory();
        Assert.Contains("context nowhere is not known", Refused(home, context: "nowhere"));
    }

    [Theory]
    [InlineData("ssh://me@build", "-L /tmp/docker.sock:/var/run/docker.sock me@build")]
    [InlineData("npipe://./pipe/docker_engine", "unix:///path/to/docker.sock")]
    [InlineData("build", "tcp://host:2376")]
    public void An_address_that_we_cannot_speak_to_is_refused_with_what_to_do(string host, string advice)
    {
        using var home = new TempDirectory();
        Assert.Contains(advice, Refused(home, host));
    }

    [Fact]
    public void TLS_is_never_without_the_check_of_who_answers()
    {
        using var home = new TempDirectory();
        Assert.Contains("DOCKER_TLS_VERIFY=1", Refused(home, "tcp://build", tls: "1"));
        Assert.Contains("neither ca.pem nor cert.pem", Refused(home, "tcp://build", tlsVerify: "1"));
        home.Write("cert.pem", "");
        Assert.Contains("both cert.pem and key.pem", Refused(home, "tcp://build", tlsVerify: "1"));
        WriteContext(home, "blind", "tcp://build", """, "SkipTLSVerify": true""");
        Assert.Contains("skips the check", Refused(home, context: "blind"));
    }

    [Fact]
    public void Ports_are_Dockers_own_when_none_is_named()
    {
        using var home = new TempDirectory();
        Assert.Equal(2375, Read(home, "tcp://build").Port);
        Assert.Equal(1234, Read(home, "tcp://build:1234").Port);
    }

    [Fact]
    public void A_config_that_cannot_be_read_is_said_without_its_content()
    {
        using var home = new TempDirectory();
        home.Write("config.json", """{"auths": {"a": {"auth": "sEcReT"}}""");
        Assert.DoesNotContain("sEcReT", Refused(home));
        home.Write("config.json", """{"auths": {"a.example": {"auth": "sEcReT!"}}}""");
        var message = Refused(home);
        Assert.Contains("docker login a.example", message);
        Assert.DoesNotContain("sEcReT", message);
    }

    private static DockerAccess Read(
        TempDirectory home,
        string? host = null,
        string? tls = null,
        string? tlsVerify = null,
        string? context = null
    ) =>
        DockerAccessReader.Read(
            new DockerVariables(host, tls, tlsVerify, null, context, home.Path, null, new Dictionary<string, string>()),
            _ => { }
        );

    private static string Refused(
        TempDirectory home,
        string? host = null,
        string? tls = null,
        string? tlsVerify = null,
        string? context = null
    ) => Assert.Throws<UserErrorException>(() => Read(home, host, tls, tlsVerify, context)).Message;

    private static void WriteContext(TempDirectory home, string name, string host, string more = "")
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        home.Write(
            $"contexts/meta/{id}/meta.json",
            $$"""{ "Name": "{{name}}", "Endpoints": { "docker": { "Host": "{{host}}"{{more}} } } }"""
        );
    }
}
