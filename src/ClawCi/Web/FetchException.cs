namespace ClawCi.Web;

/// <summary>A page that is not fetched. The message is a sentence for the model.</summary>
internal sealed class FetchException(string message) : Exception(message);
