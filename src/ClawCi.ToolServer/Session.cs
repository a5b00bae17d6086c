using ClawCi.ToolServer.Commands;
using ClawCi.ToolServer.Files;

namespace ClawCi.ToolServer;

/// <summary>What the tools of one server share.</summary>
internal sealed record Session(Workspace Workspace, SeenFiles Seen, CommandRunner Commands);
