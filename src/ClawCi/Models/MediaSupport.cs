namespace ClawCi.Models;

/// <summary>What a model can look at besides text.</summary>
internal enum MediaSupport
{
    None,

    /// <summary>PNG, JPEG, GIF, WebP.</summary>
    Images,

    /// <summary>Images, and PDF.</summary>
    ImagesAndDocuments,
}
