using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace ClawCi.Auth;

/// <summary>
/// The port of this machine that a browser comes back to after a login. Whatever else connects (a second tab, a browser's
/// spare connection, another program that guesses) is answered and waited past.
/// </summary>
internal sealed class LoginCallback : IDisposable
{
    private const int MaxRequestBytes = 16 * 1024;
    private const string Path = "/callback";

    private readonly TcpListener _listener;
    private readonly string _state;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource<string> _code = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="AuthException">The port is taken.</exception>
    public LoginCallback(int port, string state)
    {
        _state = state;
        _listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            _listener.Start();
        }
        catch (SocketException e)
        {
            throw new AuthException(
                AuthFailure.Login,
                $"Port {port} of this machine cannot be listened to: {e.Message}"
            );
        }
        Address = AddressOf(((IPEndPoint)_listener.LocalEndpoint).Port);
    }

    /// <summary>The redirect URI.</summary>
    public Uri Address { get; }

    /// <summary>What it is for a port.</summary>
    public static Uri AddressOf(int port) => new($"http://127.0.0.1:{port}{Path}");

    /// <summary>The authorization code.</summary>
    /// <exception cref="AuthException">The server reported an error, or nobody came in time.</exception>
    public async Task<string> WaitAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        _ = AcceptAsync();
        try
        {
            return await _code.Task.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new AuthException(AuthFailure.Login, $"Nobody logged in within {patience.TotalMinutes:0.#} minutes.");
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptSocketAsync(_end.Token), _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The login is over.
        }
    }

    private async Task AnswerAsync(Socket socket, CancellationToken stop)
    {
        using var connection = socket;
        try
        {
            var buffer = new byte[MaxRequestBytes];
            var length = 0;
            while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf("\r\n"u8) < 0)
            {
                var read = await connection.ReceiveAsync(buffer.AsMemory(length), stop);
                if (read == 0)
                    return;
                length += read;
            }
            var line = Encoding.ASCII.GetString(buffer, 0, length).Split('\r')[0].Split(' ');
            var (status, text, end) = Judge(line);
            await connection.SendAsync(
                Encoding.UTF8.GetBytes(
                    $"HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\n"
                        + $"content-length: {Encoding.UTF8.GetByteCount(text)}\r\nconnection: close\r\n\r\n{text}"
                ),
                stop
            );
            connection.Shutdown(SocketShutdown.Both);
            end?.Invoke();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever it was has gone.
        }
    }

    private (string Status, string Text, Action? End) Judge(string[] requestLine)
    {
        if (requestLine is not ["GET", var target, ..] || target.Split('?', 2) is not [Path, var query])
            return ("404 Not Found", "This is the end of a claw-ci login and nothing else.\n", null);
        var parameters = Read(query);
        var state = Encoding.UTF8.GetBytes(parameters.GetValueOrDefault("state", ""));
        if (!CryptographicOperations.FixedTimeEquals(state, Encoding.UTF8.GetBytes(_state)))
            return ("400 Bad Request", "This login was not begun here. claw-ci goes on waiting for its own.\n", null);
        if (parameters.TryGetValue("code", out var code) && code.Length > 0)
            return ("200 OK", "Logged in. This page can be closed.\n", () => _code.TrySetResult(code));
        var why = string.Join(
            ": ",
            new[] { parameters.GetValueOrDefault("error"), parameters.GetValueOrDefault("error_description") }
                .OfType<string>()
                .Select(OneLine.Of)
        );
        return (
            "200 OK",
            "The login was refused. claw-ci says more.\n",
            () =>
                _code.TrySetException(
                    new AuthException(AuthFailure.Login, $"The login was refused{(why.Length == 0 ? "" : $": {why}")}.")
                )
        );
    }

    private static Dictionary<string, string> Read(string query)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var pair in query.Split('&'))
        {
            var parts = pair.Split('=', 2);
            parameters[Decode(parts[0])] = parts.Length == 2 ? Decode(parts[1]) : "";
        }
        return parameters;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
