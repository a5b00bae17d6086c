namespace ClawCi.Tunnels;

/// <summary>What a frame says. The numbers are on the wire.</summary>
internal enum FrameKind : byte
{
    /// <summary>The opening side listens; the first frame, of connection 0.</summary>
    Ready = 1,

    /// <summary>A new connection. Their numbers only rise.</summary>
    Open = 2,

    /// <summary>Bytes of a connection, within the window that the other side granted.</summary>
    Data = 3,

    /// <summary>No more bytes will come; they may still be sent the other way.</summary>
    End = 4,

    /// <summary>No more bytes will come, and none are read any more.</summary>
    Close = 5,

    /// <summary>So many bytes more may be sent: four bytes, big-endian.</summary>
    Credit = 6,
}
