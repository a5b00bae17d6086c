using System.Security.Cryptography;
using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>A process that is killed while it applies a patch leaves the checkout so that it can be put back, to the byte.</summary>
public sealed class KilledApplyTests
{
    public const string Aside = ".claw-ci-apply-test";
    private const int Files = 400;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    /// <param name="steps">So many have been written down when it is killed.</param>
    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(150)]
    [InlineData(300)]
    [InlineData(5000)]
    public async Task What_was_begun_is_undone_and_what_was_done_stays(int steps)
    {
        using var directory = new TempDirectory($"killed-apply-{steps}");
        var checkout = directory["checkout"];
        var before = await PrepareAsync(checkout);
        using var child = Child.Start("apply", checkout);
        Assert.Equal("ready", await child.StandardOutput.ReadLineAsync(Now));
        await child.StandardInput.WriteLineAsync("go");
        var journal = Path.Combine(checkout, Aside, "journal");
        while (!child.HasExited && Lines(journal) < steps)
            Now.ThrowIfCancellationRequested();
        child.Kill();
        await child.WaitForExitAsync(Now);
        var wasDone = (await child.StandardOutput.ReadToEndAsync(Now)).Contains("done", StringComparison.Ordinal);
        using var root = Tree.OpenRoot(checkout);
        if (wasDone)
        {
            ApplyJournal.Clear(root, Aside);
            Assert.DoesNotContain("old 0", await ListAsync(checkout), StringComparison.Ordinal);
            return;
        }
        Assert.Empty(ApplyJournal.Recover(root, Aside));
        Assert.Equal(before, await ListAsync(checkout));
        Assert.Empty(ApplyJournal.Recover(root, Aside));
    }

    [Fact]
    public async Task A_file_that_was_changed_since_is_not_taken_back()
    {
        using var directory = new TempDirectory();
        var checkout = directory["checkout"];
        await PrepareAsync(checkout);
        using var child = Child.Start("apply", checkout);
        Assert.Equal("ready", await child.StandardOutput.ReadLineAsync(Now));
        // It stays there until somebody answers.
        await child.StandardInput.WriteLineAsync("stop-when-done");
        Assert.Equal("done", await child.StandardOutput.ReadLineAsync(Now));
        child.Kill();
        await child.WaitForExitAsync(Now);
        await File.WriteAllTextAsync(Path.Combine(checkout, "d1", "f1"), "mine", Now);
        using var root = Tree.OpenRoot(checkout);
        var problem = Assert.Single(
            ApplyJournal.Recover(root, Aside),
            text => text.Contains("d1/f1", StringComparison.Ordinal)
        );
        Assert.Contains("was changed since", problem, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(checkout, "d1", "f1"), Now));
    }

    /// <summary>In the child.</summary>
    internal static async Task ApplyAsync(string checkout)
    {
        await using var wire = File.OpenRead(checkout + ".changes");
        using var changes = await ChangeSetReader.ReadAsync(wire, Path.GetTempPath(), ChangeSetCaps.Default, default);
        Console.WriteLine("ready");
        var word = Console.ReadLine();
        await ChangeSetApplier.ApplyAsync(
            changes,
            checkout,
            default,
            Aside,
            () =>
            {
                Console.WriteLine("done");
                if (word == "stop-when-done")
                    Console.ReadLine();
            }
        );
    }

    /// <summary>Of every four files one is deleted, one changes and two stay; as many are new, in directories of their own.</summary>
    private static async Task<string> PrepareAsync(string checkout)
    {
        var entries = new SortedList<byte[], (string? Old, string? New)>(
            Comparer<byte[]>.Create((a, b) => ChangePath.Compare(a, b))
        );
        for (var i = 0; i < Files; i++)
        {
            var name = $"d{i % 20}/f{i}";
            Directory.CreateDirectory(Path.Combine(checkout, $"d{i % 20}"));
            await File.WriteAllTextAsync(Path.Combine(checkout, name), $"old {i}", Now);
            if (i % 4 < 2 || i % 20 == 7)
                entries.Add(Bytes(name), ($"old {i}", i % 4 == 1 && i % 20 != 7 ? $"new {i}" : null));
            if (i % 4 == 0)
                entries.Add(Bytes($"n{i % 10}/deep/f{i}"), (null, $"new {i}"));
        }
        await using var wire = File.Create(checkout + ".changes");
        var writer = new ChangeSetWriter(wire);
        await writer.BeginAsync(Now);
        foreach (var (path, (old, @new)) in entries)
        {
            using var content = @new is null ? null : new MemoryStream(Bytes(@new));
            await writer.EntryAsync(path, State(old), null, State(@new), content, Now);
        }
        await writer.EndAsync(0, Now);
        return await ListAsync(checkout);
    }

    private static FileState? State(string? text) =>
        text is null ? null : new(FileKind.File, text.Length, SHA256.HashData(Bytes(text)), null);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static long Lines(string journal)
    {
        try
        {
            using var file = new FileStream(
                journal,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            using var reader = new StreamReader(file);
            return reader.ReadToEnd().Count(c => c == '\n');
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static async Task<string> ListAsync(string checkout)
    {
        var list = new StringBuilder();
        foreach (
            var path in Directory
                .EnumerateFileSystemEntries(checkout, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
        {
            var content = File.Exists(path) ? await File.ReadAllTextAsync(path, Now) : "";
            list.Append($"{path} {File.GetUnixFileMode(path)} {content}\n");
        }
        return list.ToString();
    }
}
