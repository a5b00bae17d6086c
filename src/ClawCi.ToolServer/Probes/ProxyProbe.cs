using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClawCi.ToolServer.Probes;

/// <summary>A talk with the way out that a sandbox with an allow-list has: what is said is the runner's choice.</summary>
internal static class ProxyProbe
{
    private const int Patience = 5000;

    /// <param name="turns">What is said, and how the answer must begin, in turns; Base64.</param>
    /// <returns>Held when every answer begins as it must.</returns>
    public static ProbeAnswer Talk(int port, IEnumerable<string> turns)
    {
        try
        {
            using var client = new TcpClient { SendTimeout = Patience, ReceiveTimeout = Patience };
            client.Connect(IPAddress.Loopback, port);
            using var stream = client.GetStream();
            foreach (var turn in turns.Select(Convert.FromBase64String).Chunk(2))
            {
                stream.Write(turn[0]);
                var answer = new byte[turn[1].Length];
                var count = stream.ReadAtLeast(answer, answer.Length, throwOnEndOfStream: false);
                if (count == 0)
                    return ProbeAnswer.Unknown("nobody answered");
                if (!answer.AsSpan(0, count).SequenceEqual(turn[1]))
                    return ProbeAnswer.Broken($"the answer was '{Line(answer.AsSpan(0, count))}'");
            }
            return ProbeAnswer.Held("refused");
        }
        catch (SocketException e)
        {
            return ProbeAnswer.Unknown(e.Message);
        }
    }

    private static string Line(ReadOnlySpan<byte> answer) => Encoding.ASCII.GetString(answer).ReplaceLineEndings(" ");
}
