namespace ClawCi.Prompts;

/// <summary>What the names of files say about a project.</summary>
internal static class Languages
{
    /// <summary>Null for what is no program text, or nothing we know.</summary>
    /// <param name="extension">Without the dot.</param>
    public static string? Of(ReadOnlySpan<char> extension) =>
        extension switch
        {
            "cs" => "C#",
            "fs" => "F#",
            "vb" => "Visual Basic",
            "c" or "h" => "C",
            "cc" or "cpp" or "cxx" or "hpp" or "hh" => "C++",
            "rs" => "Rust",
            "go" => "Go",
            "java" => "Java",
            "kt" or "kts" => "Kotlin",
            "scala" => "Scala",
            "swift" => "Swift",
            "m" or "mm" => "Objective-C",
            "py" => "Python",
            "rb" => "Ruby",
            "php" => "PHP",
            "pl" or "pm" => "Perl",
            "lua" => "Lua",
            "r" => "R",
            "jl" => "Julia",
            "ex" or "exs" => "Elixir",
            "erl" => "Erlang",
            "hs" => "Haskell",
            "ml" or "mli" => "OCaml",
            "clj" or "cljs" => "Clojure",
            "dart" => "Dart",
            "zig" => "Zig",
            "js" or "mjs" or "cjs" or "jsx" => "JavaScript",
            "ts" or "mts" or "cts" or "tsx" => "TypeScript",
            "vue" => "Vue",
            "svelte" => "Svelte",
            "html" or "htm" => "HTML",
            "css" or "scss" or "less" => "CSS",
            "sh" or "bash" => "Shell",
            "ps1" => "PowerShell",
            "sql" => "SQL",
            "proto" => "Protobuf",
            "tf" => "Terraform",
            "md" or "rst" or "adoc" => "documentation",
            "yaml" or "yml" => "YAML",
            "json" => "JSON",
            _ => null,
        };

    /// <summary>Whether a file of that name says how a project is built.</summary>
    public static bool IsBuildFile(ReadOnlySpan<char> name) =>
        name
            is "Makefile"
                or "GNUmakefile"
                or "justfile"
                or "Taskfile.yml"
                or "CMakeLists.txt"
                or "meson.build"
                or "configure.ac"
                or "package.json"
                or "deno.json"
                or "pyproject.toml"
                or "setup.py"
                or "requirements.txt"
                or "tox.ini"
                or "Cargo.toml"
                or "go.mod"
                or "pom.xml"
                or "build.gradle"
                or "build.gradle.kts"
                or "build.sbt"
                or "Gemfile"
                or "Rakefile"
                or "composer.json"
                or "mix.exs"
                or "Package.swift"
                or "MODULE.bazel"
                or "WORKSPACE"
                or "Dockerfile"
        || name.EndsWith(".sln")
        || name.EndsWith(".slnx")
        || name.EndsWith(".csproj");

    /// <summary>Whether a directory of that name holds tests.</summary>
    public static bool IsTestDirectory(ReadOnlySpan<char> name) =>
        name is "test" or "tests" or "Tests" or "__tests__" or "spec" or "specs" or "testing" or "testdata"
        || name.EndsWith(".Tests")
        || name.EndsWith("-tests");
}
