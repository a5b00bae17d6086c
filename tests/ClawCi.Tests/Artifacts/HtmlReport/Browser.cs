using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClawCi.Shared;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Artifacts.HtmlReport;

/// <summary>
/// Headless Chromium. The report stands in a frame as wide as a phone or a desk; a script of the test's own, outside
/// the frame, looks at it and writes what it sees into the page, which Chromium prints.
/// </summary>
internal static partial class Browser
{
    private const string Look = """
        function look(frame) {
          const doc = frame.contentDocument, root = doc.documentElement;
          const overflow = () => Math.max(root.scrollWidth, doc.body.scrollWidth) - root.clientWidth;
          const folded = overflow();
          const foldedHeight = root.scrollHeight;
          doc.querySelectorAll('details').forEach(d => d.open = true);
          return {
            overflow: folded, overflowOpen: overflow(), grew: root.scrollHeight > foldedHeight,
            headings: [...doc.querySelectorAll('h1,h2,h3')].map(h => h.tagName + ' ' + h.textContent.trim()),
            landmarks: ['header', 'main', 'nav', 'footer'].filter(l => doc.querySelector(l)),
            active: doc.querySelectorAll('script,img,iframe,object,embed,link,base,form,a[href^="javascript"]').length
              + [...doc.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
            title: doc.title,
            brokenNumbers: [...doc.querySelectorAll('.no')].filter(n => n.scrollHeight > 1.8 * parseFloat(getComputedStyle(n).fontSize)).length,
            background: doc.defaultView.getComputedStyle(doc.body).backgroundColor,
            pwned: window.pwned === true,
          };
        }
        window.onload = () => {
          const out = document.createElement('pre');
          out.id = 'seen';
          out.textContent = JSON.stringify(look(document.querySelector('iframe')));
          document.body.append(out);
        };
        """;

    /// <param name="scripts">Whether the report itself may run scripts, if it had any.</param>
    public static async Task<JsonElement> LookAtAsync(string report, int width, bool scripts, bool dark = false)
    {
        using var directory = new TempDirectory();
        var sandbox = scripts ? "allow-same-origin allow-scripts" : "allow-same-origin";
        var page = directory.Write(
            "page.html",
            $"""
            <!doctype html><meta charset="utf-8"><body><iframe sandbox="{sandbox}" style="border:0;width:{width}px;height:800px"
            srcdoc="{WebUtility.HtmlEncode(report)}"></iframe><script>{Look}</script></body>
            """
        );
        var result = await ProcessRunner.RunAsync(
            new ProcessRequest(
                "chromium",
                [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    $"--user-data-dir={directory["profile"]}",
                    "--window-size=1400,900",
                    $"--blink-settings=preferredColorScheme={(dark ? 0 : 1)}",
                    "--dump-dom",
                    $"file://{page}",
                ]
            )
            {
                Environment = new Dictionary<string, string>
                {
                    ["HOME"] = directory.Path,
                    ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
                },
            },
            TestContext.Current.CancellationToken
        );
        var seen = Seen().Match(result.OutputText);
        Assert.True(seen.Success, $"chromium exited {result.ExitCode} without having looked: {result.ErrorText}");
        return JsonElement.Parse(WebUtility.HtmlDecode(seen.Groups[1].Value));
    }

    [GeneratedRegex("""<pre id="seen">(.*?)</pre>""", RegexOptions.Singleline)]
    private static partial Regex Seen();
}
