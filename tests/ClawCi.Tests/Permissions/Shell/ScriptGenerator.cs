using System.Text;

namespace ClawCi.Tests.Permissions.Shell;

/// <summary>
/// Random scripts whose commands exist nowhere (c0 …) or are stand-ins (s0 …), so that running them does nothing but
/// leave a trace. Conditions end: odd commands fail, and every loop breaks.
/// </summary>
internal sealed class ScriptGenerator(Random random)
{
    private int _documents;
    private int _functions;

    public string Script()
    {
        _documents = 0;
        return List(4);
    }

    private string List(int depth)
    {
        var text = new StringBuilder();
        var count = 1 + random.Next(3);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                text.Append(
                    Pick("; ", "\n", " && ", " || ", " | ", ";", "&&", " &\n", "\n# note\n", " |& ", " ||\n", " &&\n\n")
                );
            text.Append(Command(depth));
        }
        return text.ToString();
    }

    private string Command(int depth) =>
        random.Next(depth <= 0 ? 4 : 22) switch
        {
            < 4 => Simple(depth),
            4 => $"({List(depth - 1)})",
            5 => $"{{ {List(depth - 1)}; }}{Redirection(depth)}",
            6 => $"if {List(depth - 1)}; then {List(depth - 1)}; else {List(depth - 1)}; fi",
            7 => $"while {List(depth - 1)}\ndo {List(depth - 1)}; break; done",
            8 => $"for v in {Word(depth)} {Word(depth)}; do {List(depth - 1)}; done",
            9 =>
                $"case {Word(depth)} in {Pick("a", "*", "c?", "'b c'", "a|*")}) {List(depth - 1)} ;; (*) {List(depth - 1)};; esac",
            10 => Function(depth),
            11 => $"[[ {Word(depth - 1)} == {Word(depth - 1)} || -n {Word(depth - 1)} ]]",
            12 => $"(( {Pick("1", "x", "x + 1", $"$({List(depth - 1)}) + 1", "x = 2")} ))",
            13 => $"! {Simple(depth)}",
            14 => $"time {Simple(depth)}",
            15 => $"eval {Quote(List(depth - 2))}",
            16 => $"bash -c {Quote(List(depth - 2))}",
            17 => Document(depth),
            18 =>
                $"{Pick("env A=b", "env -i", "timeout 5", "timeout -k 1 5s", "xargs", "xargs -n1", "env", "command", "builtin command", "exec", "env -u A timeout 9")} s{random.Next(4)} {Word(0)}",
            19 =>
                $"find . -maxdepth 0 {Pick("-exec", "-execdir")} s{random.Next(4)} {Pick("{}", "a{}", "x")} {Pick("\\;", "';'")}",
            20 => $"trap {Quote(List(depth - 2))} EXIT",
            _ => $"for ((i=0; i<1; i++)); do {List(depth - 1)}; done",
        };

    /// <summary>Half have a name of their own; the others one that something else has, too, and may call themselves.</summary>
    private string Function(int depth)
    {
        var isShared = random.Next(2) == 0;
        var name = isShared
            ? Pick("c0", "c1", "c2", "s0", "s1", "env", "command", "timeout", "xargs", "bash", "eval")
            : $"f{_functions++}";
        var head = Pick($"{name}()", $"function {name}", $"{name} ()\n");
        var definition = $"{head} {{ {List(isShared ? 0 : depth - 1)}; }}{Redirection(depth)}";
        return random.Next(4) switch
        {
            0 => $"{definition}; unset -f {name}; {name} {Word(depth)}",
            1 => $"{definition}; {Pick("env", "command", "xargs", "bash -c", "eval")} {name}; {name}",
            2 => $"{definition}; export -f {name}; bash -c {Pick(name, "c0", "s0")}",
            _ => $"{definition}; {name} {Word(depth)}",
        };
    }

    private string Simple(int depth)
    {
        var text = new StringBuilder();
        if (random.Next(8) == 0)
            text.Append($"{Pick("x", "y", "z")}={Word(depth)} ");
        if (random.Next(12) == 0)
            text.Append($"{Redirection(depth)} ");
        if (random.Next(14) == 0)
            return text.Append($"{Pick("x", "y")}={Word(depth)}").ToString();
        text.Append(Name());
        for (var i = random.Next(4); i > 0; i--)
            text.Append(Pick(" ", "  ", " \\\n", "\t")).Append(Word(depth));
        return text.Append(Redirection(depth)).ToString();
    }

    private string Name()
    {
        var name = $"c{random.Next(6)}";
        return random.Next(10) switch
        {
            0 => $"'{name}'",
            1 => $"\\{name}",
            2 => $"\"{name[0]}\"{name[1]}",
            3 => random.Next(2) == 0 ? $"$'\\x63'{name[1]}" : "$x",
            _ => name,
        };
    }

    private string Redirection(int depth) =>
        random.Next(8) switch
        {
            0 => $" > {Pick("o1", "'o 2'", "/dev/null")}",
            1 => $" 2>&1 >>{Pick("o1", "\"o$x\"")}",
            2 => depth > 0 ? $" < <({List(depth - 1)})" : " </dev/null",
            3 => depth > 0 ? $" <<< {Word(depth - 1)}" : "",
            4 => Pick(" &>o3", " >|o1", " {n}>o4", " 2>/dev/null", " <>o1"),
            _ => "",
        };

    private string Document(int depth)
    {
        var name = $"E{_documents++}";
        var (open, close) =
            Pick("<<", "<<-") is var operation && random.Next(2) == 0
                ? ($"{operation}'{name}'", name)
                : ($"{operation}{name}", name);
        var body = random.Next(3) switch
        {
            0 => "text 'it \"s",
            1 => $"$({Simple(0)}) `{Simple(0)}`",
            _ => "${x:-a} $y \\$z",
        };
        return $"{Name()} {open} {Word(0)}\n{body.Replace("\n", " ", StringComparison.Ordinal)}\n{close}\n{Simple(depth)}";
    }

    private string Word(int depth) =>
        random.Next(depth <= 0 ? 9 : 20) switch
        {
            0 => "a",
            1 => "'b c'",
            2 => "\"d $x e\"",
            3 => "$x",
            4 => "\"$@\"",
            5 => "*",
            6 => "\\;",
            7 => "f''g#h",
            8 => "{p,q}r",
            9 => $"$({List(depth - 1)})",
            10 => $"\"$({List(depth - 1)})\"",
            11 => $"`{Simple(0).Replace("`", "", StringComparison.Ordinal)}`",
            12 => $"${{y:-{Word(0).Replace('}', '_').Replace('{', '_').Replace("\"", "", StringComparison.Ordinal)}}}",
            13 => "$((1 + 2))",
            14 => $"$(( $({Name()}) + 0 ))",
            15 => $"<({List(depth - 1)})",
            16 => "${x#a*}",
            17 => $"\"${{z:=$({List(depth - 1)})}}\"",
            18 => "$'t\\tab'",
            _ => "~",
        };

    private static string Quote(string script) => $"'{script.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string Pick(params string[] texts) => texts[random.Next(texts.Length)];
}
