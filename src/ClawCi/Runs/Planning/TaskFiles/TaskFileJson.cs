using System.Text.Json.Serialization;
using ClawCi.Configuration;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Sandboxes;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>How a task file is spelled: kebab-case keys and words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [
        typeof(KebabCaseEnumConverter<ApplyMode>),
        typeof(KebabCaseEnumConverter<Effort>),
        typeof(KebabCaseEnumConverter<InputType>),
        typeof(KebabCaseEnumConverter<McpPlace>),
        typeof(KebabCaseEnumConverter<MustWord>),
        typeof(KebabCaseEnumConverter<PermissionMode>),
        typeof(KebabCaseEnumConverter<ExecutableFiles>),
        typeof(KebabCaseEnumConverter<ProtectedChange>),
        typeof(KebabCaseEnumConverter<PullPolicy>),
        typeof(KebabCaseEnumConverter<RetryWord>),
    ]
)]
[JsonSerializable(typeof(TaskFile))]
internal sealed partial class TaskFileJson : JsonSerializerContext;
