namespace ClawCi.Configuration;

/// <summary>A file as its record, with the tree behind it for the places of what is found wrong later.</summary>
internal sealed record SourceDocument<T>(SourceFile File, SourceMapping Root, T Value)
{
    /// <summary>The place of the node that keys and indexes lead to; of its nearest parent when it is not there.</summary>
    public Place PlaceOf(params ReadOnlySpan<object> path) => SourcePath.Find(Root, path);

    /// <summary><c>task.yaml:7</c>, an <see cref="Events.Origin"/>'s source.</summary>
    public string SourceOf(params ReadOnlySpan<object> path) =>
        $"{Path.GetFileName(File.Name)}:{SourcePath.Find(Root, path).Line}";
}

/// <summary>Walks a tree by keys (strings) and indexes (integers).</summary>
internal static class SourcePath
{
    public static Place Find(SourceNode root, ReadOnlySpan<object> path)
    {
        var node = root;
        var place = root.Place;
        foreach (var step in path)
        {
            if (step is string key && (node as SourceMapping)?[key] is { } entry)
                (node, place) = (entry.Value, entry.Place);
            else if (step is int index && node is SourceSequence list && index < list.Items.Count)
                (node, place) = (list.Items[index], list.Items[index].Place);
            else
                return place;
        }
        return place;
    }
}
