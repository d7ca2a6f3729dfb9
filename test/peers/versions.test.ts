// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { compareVersions, type VersionScheme } from "#versions";
import { rounds } from "../support/rounds.ts";
import { describeWithTools, tool, toolsFolder } from "../support/tools.ts";

type Pair = readonly [string, string];

const number = fc.oneof(
  { weight: 8, arbitrary: fc.nat(3).map(String) },
  { weight: 2, arbitrary: fc.constantFrom("00", "01", "10", "20240101", "4294967296", "18446744073709551617") },
);
const numbers = fc.array(number, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));

/** Texts that are built from a scheme's own words, most of them versions, near to each other. */
function texts(words: readonly string[], heads: readonly string[] = [""]): fc.Arbitrary<string> {
  const piece = fc.tuple(fc.constantFrom("", ".", "-", "_", "+"), fc.oneof(number, fc.constantFrom(...words)));
  return fc
    .tuple(fc.constantFrom(...heads), numbers, fc.array(piece, { maxLength: 4 }))
    .map(([head, first, pieces]) => `${head}${first}${pieces.map((each) => each.join("")).join("")}`);
}

function pairsOf(arbitrary: fc.Arbitrary<string>, more: readonly Pair[] = []): readonly Pair[] {
  const changed = fc.tuple(arbitrary, arbitrary, fc.nat(9)).map(([a, b, choice]): Pair => {
    // half of the pairs differ in their ends only
    return choice < 5 ? [a, b] : [a, `${a.slice(0, Math.ceil((a.length * choice) / 10))}${b.slice(-choice)}`];
  });
  const generated = fc.sample(changed, { numRuns: rounds({ short: 6_000, long: 60_000 }), seed: 20_261_122 });
  return [...more, ...generated];
}

/** `x`: one of them is no version. */
function ours(scheme: VersionScheme, pairs: readonly Pair[]): readonly string[] {
  return pairs.map(([a, b]) => `${a} ${b} ${compareVersions(scheme, a, b) ?? "x"}`);
}

function theirs(pairs: readonly Pair[], run: (input: string) => string): readonly string[] {
  const input = pairs.map((pair) => pair.join("\t")).join("\n");
  const answers = run(input).trimEnd().split("\n");
  return pairs.map((pair, index) => `${pair.join(" ")} ${answers[index] ?? "(nothing)"}`);
}

function runWith(program: string, args: readonly string[]): (input: string) => string {
  return (input) =>
    execFileSync(tool(program), args, { input, encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout: 120_000 });
}

/** A folder with packages of PyPI, installed once. */
function pythonPackages(name: string, packages: readonly string[]): string {
  const folder = join(toolsFolder(), "python", name);
  if (!existsSync(folder)) {
    mkdirSync(join(toolsFolder(), "python"), { recursive: true });
    const made = mkdtempSync(join(toolsFolder(), "python/.making-"));
    const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", made, ...packages];
    execFileSync(tool("python3"), install, { timeout: 150_000, stdio: "pipe" });
    // whole or not at all
    renameSync(made, folder);
  }
  return folder;
}

const PEP440 = `
import sys
from packaging.version import Version, InvalidVersion
for line in sys.stdin.read().split("\\n"):
    a, b = line.split("\\t")
    try:
        x, y = Version(a), Version(b)
        print((x > y) - (x < y))
    except InvalidVersion:
        print("x")
`;

describeWithTools("PEP 440 beside packaging", ["python3"], () => {
  it("agrees on generated versions", () => {
    const words = [
      "a",
      "b",
      "c",
      "rc",
      "alpha",
      "BETA",
      "pre",
      "preview",
      "post",
      "rev",
      "r",
      "dev",
      "DEV",
      "x",
      "1!",
      "abc",
    ];
    const pairs = pairsOf(texts(words, ["", "", "", "v", "0!", "1!", " "]));
    expect(ours("pep440", pairs)).toEqual(theirs(pairs, runWith("python3", ["-c", PEP440])));
  });
});

const RUBY = `
STDIN.read.split("\\n", -1).each do |line|
  a, b = line.split("\\t", -1)
  puts(Gem::Version.correct?(a) && Gem::Version.correct?(b) ? Gem::Version.new(a) <=> Gem::Version.new(b) : "x")
end
`;

describeWithTools("RubyGems beside Gem::Version", ["ruby"], () => {
  it("agrees on generated versions", () => {
    const pairs = pairsOf(texts(["a", "b", "pre", "rc", "RC", "alpha", "x86", "beta"]));
    expect(ours("rubygems", pairs)).toEqual(theirs(pairs, runWith("ruby", ["-e", RUBY])));
  });
});

const COMPOSER = `
require "/usr/share/php/Composer/Semver/autoload.php";
$parser = new Composer\\Semver\\VersionParser();
foreach (explode("\\n", stream_get_contents(STDIN)) as $line) {
    [$a, $b] = explode("\\t", $line);
    try {
        $x = $parser->normalize($a); $y = $parser->normalize($b);
        $branches = strpos($x, "dev-") === 0 || strpos($y, "dev-") === 0;
        echo $branches ? ($x === $y ? 0 : "x") : version_compare($x, $y), "\\n";
    } catch (UnexpectedValueException $e) { echo "x\\n"; }
}
`;

describeWithTools("Composer beside composer/semver", ["php"], () => {
  it("agrees on generated versions", () => {
    const words = ["a", "b", "beta", "RC", "rc", "alpha", "patch", "p", "pl", "stable", "dev", "x", "x-dev", "STABLE"];
    // Numbers beyond 64 bits saturate in PHP; here they stay exact. Dates with two more parts are versions since composer/semver 3.4.
    const pairs = pairsOf(texts(words, ["", "", "", "v", "dev-"])).filter(
      (pair) => !pair.some((each) => each.includes("18446744") || /^v?[0-9]{5}/.test(each)),
    );
    expect(ours("composer", pairs)).toEqual(theirs(pairs, runWith("php", ["-d", "display_errors=0", "-r", COMPOSER])));
  });
});

describeWithTools("Maven beside ComparableVersion", ["java"], () => {
  it("agrees on generated versions", () => {
    const words = [
      "a",
      "b",
      "m",
      "alpha",
      "beta",
      "milestone",
      "rc",
      "CR",
      "snapshot",
      "ga",
      "final",
      "release",
      "sp",
      "x",
      "jre",
    ];
    const pairs = pairsOf(texts(words));
    const jar = "/usr/share/maven-repo/org/apache/maven/maven-artifact/3.x/maven-artifact-3.x.jar";
    // its main compares each argument with the one before it: 1,000 pairs in one process
    const answers: string[] = [];
    for (let from = 0; from < pairs.length; from += 1_000) {
      const versions = pairs.slice(from, from + 1_000).flat();
      const output = execFileSync(
        tool("java"),
        [
          "-cp",
          `${jar}:/usr/share/java/commons-lang3.jar`,
          "org.apache.maven.artifact.versioning.ComparableVersion",
          ...versions,
        ],
        { encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout: 120_000 },
      );
      const orders = output.split("\n").filter((line) => line.startsWith("   "));
      for (let index = 0; index < versions.length; index += 2) {
        const [a = "", b = ""] = versions.slice(index, index + 2);
        const sign = orders[index]?.slice(3 + a.length + 1, -b.length - 1);
        answers.push(`${a} ${b} ${sign === "<" ? "-1" : sign === ">" ? "1" : "0"}`);
      }
    }
    expect(ours("maven", pairs)).toEqual(answers);
  });
});

const GO = `package main
import ("bufio"; "fmt"; "go/version"; "os"; "strings"; "oracle/semver")
func main() {
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		p := strings.Split(scanner.Text(), "\\t")
		a, b := p[0], p[1]
		if strings.HasPrefix(a, "go") {
			if version.IsValid(a) && version.IsValid(b) { fmt.Println(version.Compare(a, b)) } else { fmt.Println("x") }
		} else if semver.IsValid(a) && semver.IsValid(b) { fmt.Println(semver.Compare(a, b)) } else { fmt.Println("x") }
	}
}
`;

describeWithTools("Go beside x/mod/semver and go/version", ["go"], () => {
  it("agrees on generated versions of modules and of the toolchain", () => {
    const words = [
      "alpha",
      "rc.1",
      "rc.01",
      "0.20240101000000-abcdefabcdef",
      "-incompatible",
      "incompatible",
      "x-y",
      "Z",
    ];
    const toolchain = fc
      .tuple(
        fc.constantFrom("go1.20", "go1.21", "go1.22"),
        fc.constantFrom(".0", ".1", ".10", "rc1", "rc2", "rc10", "beta1"),
      )
      .map((parts) => parts.join(""));
    const pairs = [
      ...pairsOf(texts(words, ["v"])),
      ...fc.sample(fc.tuple(toolchain, toolchain), { numRuns: 300, seed: 1 }),
    ];
    const folder = mkdtempSync(join(tmpdir(), "haechi-go-oracle-"));
    try {
      const root = execFileSync(tool("go"), ["env", "GOROOT"], { encoding: "utf8" }).trim();
      cpSync(join(root, "src/cmd/vendor/golang.org/x/mod/semver"), join(folder, "semver"), { recursive: true });
      writeFileSync(join(folder, "go.mod"), "module oracle\ngo 1.22\n");
      writeFileSync(join(folder, "main.go"), GO);
      const program = join(folder, "oracle");
      execFileSync(tool("go"), ["build", "-o", program, "."], {
        cwd: folder,
        env: { ...process.env, GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOPROXY: "off" },
        timeout: 150_000,
      });
      const answers = theirs(pairs, (input) => execFileSync(program, { input, encoding: "utf8" }));
      expect(ours("go", pairs)).toEqual(answers);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const ELIXIR = `
number = fn :gt -> 1; :lt -> -1; :eq -> 0 end
for line <- String.split(IO.read(:stdio, :all), "\\n") do
  [a, b] = String.split(line, "\\t")
  IO.puts(if Version.parse(a) == :error or Version.parse(b) == :error, do: "x", else: number.(Version.compare(a, b)))
end
`;

describeWithTools("Hex beside Elixir's Version", ["elixir"], () => {
  it("agrees on generated versions", () => {
    const words = ["rc", "rc.1", "dev", "alpha", "0", "1", "01", "beta-2", "Z", "build.5"];
    const pairs = pairsOf(texts(words));
    expect(ours("hex", pairs)).toEqual(theirs(pairs, runWith("elixir", ["-e", ELIXIR])));
  });
});

const NUGET = `
import sys
from univers.versions import NugetVersion
def parse(text):
    try:
        return NugetVersion(text)
    except Exception:
        return None
for line in sys.stdin.read().split("\\n"):
    x, y = (parse(text) for text in line.split("\\t"))
    print("x" if x is None or y is None else (x > y) - (x < y))
`;

describeWithTools("NuGet beside univers", ["python3"], () => {
  it("agrees on generated versions", () => {
    const folder = pythonPackages("univers-30.12.1", [
      "univers==30.12.1",
      "semantic-version==2.10.0",
      "semver==3.0.4",
      "attrs==25.4.0",
      "packaging==25.0",
    ]);
    const words = ["rc", "rc.1", "beta", "ALPHA", "preview", "1", "a1", "z"];
    const pairs = pairsOf(texts(words));
    const answers = theirs(pairs, (input) =>
      execFileSync(tool("python3"), ["-c", NUGET], {
        input,
        encoding: "utf8",
        env: { ...process.env, PYTHONPATH: folder },
      }),
    );
    // what it refuses (labels with a zero in front, metadata behind four numbers) NuGet reads, so its refusal says nothing
    const said = answers.filter((answer) => !answer.endsWith(" x"));
    expect(said.length).toBeGreaterThan(1_000);
    const own = new Set(ours("nuget", pairs));
    expect(said.filter((answer) => !own.has(answer))).toEqual([]);
  });
});

const CONDA = `
import sys
from rattler import Version
def parse(text):
    try:
        return Version(text)
    except Exception:
        return None
for line in sys.stdin.read().split("\\n"):
    x, y = (parse(text) for text in line.split("\\t"))
    print("x" if x is None or y is None else (x > y) - (x < y))
`;

describeWithTools("Conda beside rattler", ["python3"], () => {
  it("agrees on generated versions", () => {
    const folder = pythonPackages("py-rattler-0.28.0", ["py-rattler==0.28.0"]);
    const words = ["a", "b", "rc", "post", "dev", "DEV", "alpha", "g"];
    // rattler refuses numbers beyond 64 bits, and parts an underscore at the end from a word, which conda itself does not
    const pairs = pairsOf(texts(words, ["", "", "", "0!", "1!"])).filter(
      (pair) => !pair.some((each) => /[0-9]{19}|[a-z][-_](?:\+|$)/i.test(each)),
    );
    const answers = theirs(pairs, (input) =>
      execFileSync(tool("python3"), ["-c", CONDA], {
        input,
        encoding: "utf8",
        env: { ...process.env, PYTHONPATH: folder },
      }),
    );
    expect(ours("conda", pairs)).toEqual(answers);
  });
});
