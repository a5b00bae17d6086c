using System.Text.Json.Nodes;

namespace ClawCi.Models.Replay;

/// <param name="Request">Normalised.</param>
internal sealed record RecordedExchange(int Number, JsonObject Request, RecordedReply Reply);
