using System.Security.Cryptography;
using System.Text;
using ClawCi.ChangeSets;
using ClawCi.TestSupport;
using CsCheck;
using Xunit;

namespace ClawCi.Tests.Workspaces;

public sealed class ChangeSetCodecTests
{
    private static readonly ChangeSetCaps Small = new(8, 4, 1000, 3000);

    [Fact]
    public async Task What_was_written_is_read_back()
    {
        using var temp = new TempDirectory();
        var bytes = await SampleAsync();
        using var read = await ReadAsync(bytes, temp);

        Assert.Equal(["a", @"a/\xff\x0a", "b", "z"], read.Entries.Select(entry => entry.DisplayPath));
        Assert.Equal("old a", await TextAsync(read, read.Entries[0].Old!));
        Assert.Equal("target", await TextAsync(read, read.Entries[1].New!));
        Assert.Equal(SHA256.HashData("old a"u8), read.Entries[0].Old!.Sha256);
        Assert.Equal([SkipReason.TooLarge], read.Skipped.Select(path => path.Reason));
        Assert.Equal([SkipReason.BaseChanged], read.BaseChanged.Select(path => path.Reason));
        Assert.Equal(3, read.UnlistedSkips);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public async Task A_replay_carries_new_contents_and_hashes_of_old_ones_and_reads_no_byte_beyond()
    {
        using var temp = new TempDirectory();
        using var first = await ReadAsync(await SampleAsync(), temp);
        using var wire = new MemoryStream();
        await first.WriteToAsync(wire, CancellationToken.None);
        wire.Write("rest"u8);
        wire.Position = 0;

        using var second = await ChangeSetReader.ReadAsync(wire, temp.Path, Small, CancellationToken.None);

        Assert.Equal("rest", Encoding.UTF8.GetString(wire.ToArray()[(int)wire.Position..]));
        Assert.Equal(first.Entries.Count, second.Entries.Count);
        foreach (var (a, b) in first.Entries.Zip(second.Entries))
        {
            Assert.Equal(a.Path, b.Path);
            Assert.True(a.Old is null ? b.Old is null : a.Old.Matches(b.Old!) && b.Old!.Offset is null);
            Assert.True(a.New is null ? b.New is null : a.New.Matches(b.New!) && b.New!.Offset is not null);
        }
    }

    public static TheoryData<string> BadPaths =>
        [
            "",
            "/etc/passwd",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            "a/./b",
            "a\0b",
            ".git",
            ".GIT/hooks/x",
            "a/.git/config",
            "git~1/x",
            ".git./x",
            ".git /x",
            ".git::$INDEX_ALLOCATION/x",
            ".g\u200cit/x",
            "a\\.git\\config",
            new string('x', 256),
            string.Join('/', Enumerable.Repeat("x", 201)),
        ];

    [Theory]
    [MemberData(nameof(BadPaths))]
    public async Task A_path_that_could_lead_outside_or_into_git_is_refused(string path)
    {
        using var temp = new TempDirectory();
        var bytes = await WriteAsync(writer => AddAsync(writer, Encoding.UTF8.GetBytes(path), null, "x"));
        await Assert.ThrowsAsync<ChangeSetException>(() => ReadAsync(bytes, temp));
    }

    public static TheoryData<string[]> BadOrders =>
        [new[] { "b", "a" }, new[] { "a", "a" }, new[] { "a", "a/b" }, new[] { "a.b", "a/b" }];

    [Theory]
    [MemberData(nameof(BadOrders))]
    public async Task Disorder_duplicates_and_files_below_files_are_refused(string[] paths)
    {
        using var temp = new TempDirectory();
        var bytes = await WriteAsync(async writer =>
        {
            foreach (var path in paths)
                await AddAsync(writer, Encoding.UTF8.GetBytes(path), null, "x");
        });
        await Assert.ThrowsAsync<ChangeSetException>(() => ReadAsync(bytes, temp));
    }

    [Fact]
    public async Task Every_cap_holds()
    {
        using var temp = new TempDirectory();
        var cases = new Func<ChangeSetWriter, Task>[]
        {
            writer => AddAsync(writer, "a"u8.ToArray(), null, new string('x', 1001)),
            async writer =>
            {
                for (var i = 0; i < 4; i++)
                    await AddAsync(writer, [(byte)('a' + i)], null, new string('x', 900));
            },
            async writer =>
            {
                for (var i = 0; i < 9; i++)
                    await AddAsync(writer, [(byte)('a' + i)], null, "");
            },
            async writer =>
            {
                for (var i = 0; i < 5; i++)
                    await writer.SkippedAsync("x"u8.ToArray(), SkipReason.Ignored, 0, default);
            },
            writer => AddAsync(writer, "a"u8.ToArray(), "same", "same"),
        };
        foreach (var write in cases)
        {
            var bytes = await WriteAsync(write);
            await Assert.ThrowsAsync<ChangeSetException>(() => ReadAsync(bytes, temp));
        }
    }

    [Fact]
    public async Task A_writer_that_gave_up_is_quoted_on_one_line()
    {
        using var temp = new TempDirectory();
        using var wire = new MemoryStream();
        var writer = new ChangeSetWriter(wire);
        await writer.BeginAsync(CancellationToken.None);
        await writer.AbortAsync("too many\n::error::x" + new string('é', 2000), CancellationToken.None);
        var error = await Assert.ThrowsAsync<ChangeSetException>(() => ReadAsync(wire.ToArray(), temp));
        Assert.StartsWith(@"too many\x0a::error::x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_damage_gives_a_change_set_or_a_clean_refusal()
    {
        using var temp = new TempDirectory();
        var sample = await SampleAsync();
        var mutation = Gen.Select(Gen.Int[0, sample.Length - 1], Gen.Byte, Gen.Int[0, 3]);
        await mutation
            .Array[1, 4]
            .SampleAsync(
                async edits =>
                {
                    var bytes = sample.ToList();
                    foreach (var (at, value, kind) in edits)
                    {
                        var index = Math.Min(at, bytes.Count - 1);
                        if (kind == 0)
                            bytes.Insert(index, value);
                        else if (kind == 1 && bytes.Count > 1)
                            bytes.RemoveAt(index);
                        else if (kind == 2 && index > 0)
                            bytes.RemoveRange(index, bytes.Count - index);
                        else
                            bytes[index] = value;
                    }
                    try
                    {
                        using var read = await ReadAsync([.. bytes], temp);
                        Assert.All(read.Entries, entry => Assert.Null(ChangePath.Fault(entry.Path)));
                    }
                    catch (ChangeSetException)
                    {
                        // Refused: what this is about.
                    }
                    Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
                },
                iter: 3000,
                threads: 1
            );
    }

    private static Task<byte[]> SampleAsync() =>
        WriteAsync(async writer =>
        {
            await AddAsync(writer, "a"u8.ToArray(), "old a", null);
            await AddAsync(writer, [.. "a/"u8, 0xff, (byte)'\n'], null, "target", FileKind.Symlink);
            await writer.SkippedAsync("big"u8.ToArray(), SkipReason.TooLarge, 1L << 40, default);
            await AddAsync(writer, "b"u8.ToArray(), "old b", "new b");
            await writer.SkippedAsync("b"u8.ToArray(), SkipReason.BaseChanged, 0, default);
            await AddAsync(writer, "z"u8.ToArray(), null, "", FileKind.Executable);
        });

    private static async Task<byte[]> WriteAsync(Func<ChangeSetWriter, Task> write)
    {
        using var wire = new MemoryStream();
        var writer = new ChangeSetWriter(wire);
        await writer.BeginAsync(default);
        await write(writer);
        await writer.EndAsync(3, default);
        return wire.ToArray();
    }

    private static async Task AddAsync(
        ChangeSetWriter writer,
        byte[] path,
        string? old,
        string? @new,
        FileKind kind = FileKind.File
    )
    {
        await writer.EntryAsync(path, State(old), Content(old), State(@new), Content(@new), default);

        FileState? State(string? text) => text is null ? null : new(kind, Encoding.UTF8.GetByteCount(text), [], null);
        static MemoryStream? Content(string? text) => text is null ? null : new(Encoding.UTF8.GetBytes(text));
    }

    private static async Task<ChangeSet> ReadAsync(byte[] bytes, TempDirectory temp)
    {
        using var wire = new MemoryStream(bytes);
        return await ChangeSetReader.ReadAsync(wire, temp.Path, Small, CancellationToken.None);
    }

    private static async Task<string> TextAsync(ChangeSet changes, FileState state)
    {
        using var reader = new StreamReader(changes.OpenContent(state));
        return await reader.ReadToEndAsync(CancellationToken.None);
    }
}
