using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class CheckoutLocationTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private const string InContainer = $"""
        1524 1190 0:66 / / rw,relatime master:1 - overlay overlay rw
        1525 1524 8:1 /var/lib/docker/containers/{Id}/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda rw
        1526 1524 8:1 /home/me/project /workspace rw - ext4 /dev/vda rw
        1527 1526 8:1 /other /workspace/node\040modules rw - ext4 /dev/vda rw
        1528 1524 8:1 /x /workspace2 rw - ext4 /dev/vda rw

        """;

    [Fact]
    public void A_container_knows_itself_by_the_files_docker_gave_it() =>
        Assert.Equal(Id, MountInfo.ContainerId(InContainer));

    [Fact]
    public void Another_containers_directory_mounted_elsewhere_is_not_ours() =>
        Assert.Null(
            MountInfo.ContainerId($"1 1 8:1 /var/lib/docker/containers/{Id}/x /somewhere rw - ext4 /dev/vda rw\n")
        );

    [Fact]
    public void Mounts_below_a_directory_are_found_whatever_their_names() =>
        Assert.Equal(["/workspace/node modules"], MountInfo.Below(InContainer, "/workspace"));

    [Theory]
    [InlineData("/workspace", "/home/me/project")]
    [InlineData("/workspace/sub/dir", "/home/me/project/sub/dir")]
    [InlineData("/workspace/cache/x", "/var/cache/x")]
    [InlineData("/workspace2/a", "/mnt/two/a")]
    public void A_path_is_translated_by_the_longest_mount_that_holds_it(string path, string expected) =>
        Assert.Equal(expected, CheckoutLocation.Translate(path, Mounts()));

    [Fact]
    public void A_path_of_the_runners_own_image_or_memory_has_no_place_on_the_host()
    {
        Assert.Null(CheckoutLocation.Translate("/srv/project", Mounts()));
        Assert.Null(CheckoutLocation.Translate("/opt/tmpfs/project", Mounts()));
    }

    private static MountPoint[] Mounts() =>
        [
            new() { Source = "/home/me/project", Destination = "/workspace" },
            new() { Source = "/var/cache", Destination = "/workspace/cache" },
            new() { Source = "/mnt/two/", Destination = "/workspace2" },
            new() { Source = "", Destination = "/opt/tmpfs" },
        ];
}
