namespace ClawCi.Artifacts;

/// <summary>Makes one kind of artifact. Pure: the same record gives the same bytes.</summary>
internal interface IArtifactWriter
{
    IEnumerable<Artifact> Write(RunRecord run);
}
