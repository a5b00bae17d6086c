namespace ClawCi.Sandboxes.Egress;

/// <summary>Where an address leads.</summary>
internal enum AddressKind
{
    Public,

    /// <summary>A private network; reached only when a policy names host and port.</summary>
    Private,

    /// <summary>This machine, a cloud's metadata, everything that is no unicast address of one host on the net.</summary>
    Forbidden,
}
