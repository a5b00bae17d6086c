using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Shared;
using ClawCi.TestSupport;
using ClawCi.ToolServer.Walk;
using Xunit;

namespace ClawCi.Tests.Workspaces;

/// <summary>
/// A base, what an agent made of it, and the agent's layer: real overlays for root, else plain directories of which the
/// layer names what differs.
/// </summary>
internal sealed class TestLayers : IDisposable
{
    private readonly TempDirectory _temp = new("layers");
    private readonly List<string> _mounts = [];
    private readonly bool _isRoot = Libc.GetEUid() == 0;
    private bool _isSealed;

    public TestLayers(TestTree? lower = null)
    {
        foreach (var name in (string[])["lower", "upper", "work", "merged", "spool"])
            Directory.CreateDirectory(_temp[name]);
        lower?.WriteTo(Lower);
    }

    public string Lower => _temp["lower"];

    /// <summary>Where the agent works, until the walk.</summary>
    public string Merged => _temp["merged"];

    public string this[string name] => _temp[name];

    /// <summary>Makes the workspace as the agent sees it.</summary>
    public async Task OpenAsync()
    {
        if (_isRoot)
            await MountAsync(
                $"lowerdir={Lower},upperdir={_temp["upper"]},workdir={_temp["work"]},index=off,redirect_dir=off,metacopy=off"
            );
        else
            await RunAsync("/bin/cp", "-a", $"{Lower}/.", Merged);
    }

    /// <summary>The agent turns the base into <paramref name="target"/>, touching no more than it must.</summary>
    public async Task BecomeAsync(TestTree target)
    {
        await OpenAsync();
        var now = TestTree.ReadFrom(Merged);
        using var root = Tree.OpenRoot(Merged);
        foreach (var path in now.Keys.Where(path => now[path] != target.GetValueOrDefault(path)))
        {
            var bytes = TestFile.Bytes(path);
            using var parent = Beneath.Open(root, ChangePath.Parent(bytes), OpenFlags.Directory, out _);
            Tree.Delete(parent!, ChangePath.Name(bytes));
            for (var above = ChangePath.Parent(bytes); !above.IsEmpty; above = ChangePath.Parent(above))
            {
                using var outer = Beneath.Open(root, ChangePath.Parent(above), OpenFlags.Directory, out _);
                if (!Tree.TryDeleteDirectory(outer!, ChangePath.Name(above)))
                    break;
            }
        }
        foreach (var (path, file) in target.Where(file => file.Value != now.GetValueOrDefault(file.Key)))
            TestTree.WriteFile(root, path, file);
    }

    /// <summary>Ends the agent's time and walks the layers.</summary>
    public async Task<ChangeSet> WalkAsync(params string[] arguments)
    {
        await SealAsync();
        using var wire = new MemoryStream();
        using var error = new StringWriter();
        string[] all = ["--lower", Lower, "--upper", _temp["upper"], "--merged", Merged, .. arguments];
        await WalkVerb.RunAsync(all, wire, error, CancellationToken.None);
        Assert.Equal("", error.ToString());
        using var read = new MemoryStream(wire.ToArray());
        return await ChangeSetReader.ReadAsync(read, _temp["spool"], ChangeSetCaps.Default, CancellationToken.None);
    }

    /// <summary>A pristine copy of the base.</summary>
    public async Task<string> CopyOfLowerAsync(string name)
    {
        Directory.CreateDirectory(_temp[name]);
        await RunAsync("/bin/cp", "-a", $"{Lower}/.", _temp[name]);
        return _temp[name];
    }

    public static async Task<ProcessResult> RunAsync(string program, params string[] arguments)
    {
        var result = await ProcessRunner.RunAsync(new ProcessRequest(program, arguments), CancellationToken.None);
        Assert.True(result.Succeeded, result.ErrorText);
        return result;
    }

    public void Dispose()
    {
        foreach (var mount in _mounts)
            RunAsync("/bin/umount", "-l", mount).GetAwaiter().GetResult();
        // The framework cannot delete what it cannot name: these names are bytes.
        RunAsync("/bin/rm", "-rf", "--one-file-system", _temp.Path).GetAwaiter().GetResult();
        _temp.Dispose();
    }

    private async Task SealAsync()
    {
        if (_isSealed)
            return;
        _isSealed = true;
        if (!_isRoot)
        {
            NameDifferences();
            return;
        }
        // Lazily: a child that another test is just starting may hold our directories for a moment.
        foreach (var mount in _mounts)
            await RunAsync("/bin/umount", "-l", mount);
        _mounts.Clear();
        await MountAsync($"lowerdir={_temp["upper"]}:{Lower},index=off,redirect_dir=off,metacopy=off");
    }

    private async Task MountAsync(string options)
    {
        await RunAsync("/bin/mount", "-t", "overlay", "overlay", "-o", options, Merged);
        _mounts.Add(Merged);
    }

    private void NameDifferences()
    {
        var (before, after) = (TestTree.ReadFrom(Lower), TestTree.ReadFrom(Merged));
        using var upper = Tree.OpenRoot(_temp["upper"]);
        var layer = new TestTree();
        foreach (
            var path in before
                .Keys.Union(after.Keys)
                .Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path))
        )
            layer.Put(path, TestFile.Text(""));
        layer.WriteTo(_temp["upper"]);
    }
}
