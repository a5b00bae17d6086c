using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Docker.DotNet;
using Xunit;

namespace ClawCi.Tests.Sandboxes;

/// <summary>
/// The library knows how to write and read every object of Docker's interface, and its descriptions of them were a fifth of
/// all descriptions of types in our program, which are in memory from its start. <c>docker.substitutions.xml</c> leaves out of the compiled program what no call of ours needs.
/// </summary>
public sealed partial class DockerLibraryTests
{
    private const BindingFlags All =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly Library = typeof(DockerClient).Assembly;

    /// <summary><c>UPDATE_GOLDEN=1</c> writes the file anew, after a new call or another version of the library.</summary>
    [Fact]
    public void What_is_left_out_is_all_that_other_calls_than_ours_need()
    {
        var path = Path.Combine(Root(), "src/ClawCi.Cli/docker.substitutions.xml");
        var (needed, others) = (new HashSet<Type>(), new HashSet<Type>());
        var calls = Calls();
        foreach (
            var operations in Library
                .GetTypes()
                .Where(type => type.IsInterface && type.Name.EndsWith("Operations", StringComparison.Ordinal))
        )
        {
            foreach (var method in operations.GetMethods())
                AddSignature(
                    method,
                    calls.Contains(Name(operations.Name[1..^"Operations".Length], method.Name)) ? needed : others
                );
        }
        Assert.True(needed.Count > 50 && calls.Count > 15, "The calls of our own were not found.");
        others.ExceptWith(needed);

        var actual = Substitutions(others);

        if (
            Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1"
            && Environment.GetEnvironmentVariable("CI") is null or ""
        )
            File.WriteAllText(path, actual);
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>Such as <c>Container.CreateContainerAsync</c>.</summary>
    private static HashSet<string> Calls() =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => Call().Matches(File.ReadAllText(file)))
                .Select(call => Name(call.Groups[1].Value, call.Groups[2].Value)),
        ];

    /// <summary>The property is called <c>Containers</c> or <c>Exec</c>, its type <c>IContainerOperations</c> or <c>IExecOperations</c>.</summary>
    private static string Name(string operations, string method) => $"{operations.TrimEnd('s')}.{method}";

    private static void AddSignature(MethodInfo method, HashSet<Type> types)
    {
        foreach (
            var type in method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)
        )
            Add(type, types);
    }

    /// <summary>With everything that is in it.</summary>
    private static void Add(Type type, HashSet<Type> types)
    {
        if (type.IsGenericParameter || !types.Add(type))
            return;
        IEnumerable<Type?> inner = [type.GetElementType(), .. type.GetGenericArguments()];
        if (type.Assembly == Library)
            inner = inner
                .Append(type.BaseType)
                .Concat(type.GetProperties(All).Select(property => property.PropertyType));
        foreach (var each in inner.OfType<Type>())
            Add(each, types);
    }

    private static string Substitutions(HashSet<Type> cut)
    {
        var contexts = Library
            .GetTypes()
            .Where(type => type.IsSubclassOf(typeof(JsonSerializerContext)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(context => new XElement(
                "type",
                new XAttribute("fullname", context.FullName!),
                context
                    .GetMethods(All)
                    .Where(method => method.Name.StartsWith("Create_", StringComparison.Ordinal))
                    .Where(method => IsCut(method.ReturnType.GetGenericArguments()[0], cut))
                    .Select(method =>
                        $"{Spell(method.ReturnType)} {method.Name}({Spell(method.GetParameters()[0].ParameterType)})"
                    )
                    .Order(StringComparer.Ordinal)
                    .Select(signature => new XElement(
                        "method",
                        new XAttribute("signature", signature),
                        new XAttribute("body", "remove")
                    ))
            ));
        return new XElement(
                "linker",
                new XElement("assembly", new XAttribute("fullname", Library.GetName().Name!), contexts)
            ) + "\n";
    }

    private static bool IsCut(Type type, HashSet<Type> cut) =>
        type.GetElementType() is { } element ? IsCut(element, cut)
        : type.IsGenericType ? type.GetGenericArguments().Any(argument => IsCut(argument, cut))
        : type.Assembly == Library && cut.Contains(type);

    private static string Spell(Type type)
    {
        if (type.IsArray)
            return Spell(type.GetElementType()!) + "[]";
        var name = new StringBuilder((type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName).Replace(
            '+',
            '/'
        );
        return type.IsGenericType ? $"{name}<{string.Join(',', type.GetGenericArguments().Select(Spell))}>" : $"{name}";
    }

    private static string Root([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    [GeneratedRegex(@"\bclient\s*\.\s*([A-Z]\w+)\s*\.\s*(\w+Async)\b")]
    private static partial Regex Call();
}
