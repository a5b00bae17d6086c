namespace ClawCi.Sandboxes.Egress;

/// <summary>What tells the programs in a container where the way out is.</summary>
internal static class ProxyVariables
{
    /// <summary>Nothing else listens in a container that has just been made.</summary>
    public const int Port = 3128;

    private const string Address = "http://127.0.0.1:3128";
    private const string Local = "localhost,127.0.0.1,::1";

    private static readonly Dictionary<string, string> All = new()
    {
        ["ALL_PROXY"] = Address,
        ["HTTPS_PROXY"] = Address,
        ["HTTP_PROXY"] = Address,
        ["NO_PROXY"] = Local,
        ["all_proxy"] = Address,
        ["http_proxy"] = Address,
        ["https_proxy"] = Address,
        ["no_proxy"] = Local,
        // Those that look at none of the above, or not always.
        ["CARGO_HTTP_PROXY"] = Address,
        ["JAVA_TOOL_OPTIONS"] =
            "-Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=3128 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=3128 "
            + "-Dhttp.nonProxyHosts=localhost|127.*|[::1]",
        ["NODE_USE_ENV_PROXY"] = "1",
        ["PIP_PROXY"] = Address,
        ["npm_config_https_proxy"] = Address,
        ["npm_config_proxy"] = Address,
    };

    /// <summary>The task's own variables win.</summary>
    public static Dictionary<string, string> Under(IReadOnlyDictionary<string, string> own)
    {
        var all = new Dictionary<string, string>(All);
        foreach (var (name, value) in own)
            all[name] = value;
        return all;
    }
}
