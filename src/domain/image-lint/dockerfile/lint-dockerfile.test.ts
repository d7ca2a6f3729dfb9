// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "#messages";
import { DOCKERFILE_CHECK, DOCKERFILE_CHECKS } from "../checks/dockerfile-checks.ts";
import { IMAGE_CHECKS } from "../checks/image-checks.ts";
import type { DockerfileLintOptions } from "./lint-context.ts";
import { examineDockerfile, lintDockerfile } from "./lint-dockerfile.ts";
import { parseDockerfile } from "./parse-dockerfile.ts";

type CheckName = keyof typeof DOCKERFILE_CHECK;

const F = "FROM debian:12.1\n";
const TOKEN = ["gh", "p_", "Zk3Qw8Rt5Yp2Lm7Nb4Vc9Xs6Df1Gh0Jk3Qw8"].join("");

/** What breaks a rule, and what is most alike and does not. */
const CASES: readonly (readonly [name: CheckName, bad: string, good: string, options?: DockerfileLintOptions])[] = [
  ["parseUnknown", `${F}RUNN x`, `${F}run x`],
  ["parseArguments", `${F}RUN`, `${F}RUN x`],
  ["parseHeredoc", `${F}RUN <<EOF\nx`, `${F}RUN <<EOF\nx\nEOF`],
  ["parseStart", "RUN x\nFROM debian:12", "ARG V=12\nFROM debian:$V"],
  ["ignoreReason", `# haechi ignore=HD013\n${F}`, `# haechi ignore=HD013 -- own base\n${F}`],
  ["relativeWorkdir", `${F}WORKDIR app`, `${F}WORKDIR /app`],
  ["uselessCommand", `${F}RUN ps aux`, `${F}RUN psql --version`],
  ["lastUserRoot", `${F}USER 1000\nUSER root`, `${F}USER root\nUSER 1000`],
  ["noUser", `${F}CMD ["x"]`, `${F}USER 1000:1000`],
  ["cdInsteadOfWorkdir", `${F}RUN cd /tmp && make`, `${F}RUN make -C /tmp`],
  ["sudo", `${F}RUN sudo make`, `${F}RUN make sudo`],
  ["untaggedBase", "FROM debian", "FROM debian:12 AS b\nFROM b"],
  ["latestBase", "FROM debian:latest", "FROM debian:12@sha256:abc"],
  ["aptPin", `${F}RUN apt-get install -y curl`, `${F}RUN apt-get install -y curl=7.1 ./x.deb`],
  [
    "aptLists",
    `${F}RUN apt-get update && apt-get install -y curl`,
    `${F}RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*`,
  ],
  ["addForArchives", `${F}COPY x.tar.gz /tmp/\nRUN tar -xzf /tmp/x.tar.gz`, `${F}COPY x.tar.gz /tmp/`],
  ["invalidPort", `${F}EXPOSE 70000`, `${F}EXPOSE 8080/udp 9000-9002 $PORT`],
  [
    "severalHealthchecks",
    `${F}HEALTHCHECK CMD a\nHEALTHCHECK CMD b`,
    `${F}HEALTHCHECK CMD a\nFROM x:1\nHEALTHCHECK CMD b`,
  ],
  ["pipPin", `${F}RUN pip install flask`, `${F}RUN pip install flask==3.0.0 -r requirements.txt .`],
  ["aptYes", `${F}RUN apt-get install curl`, `${F}RUN apt-get -qqy install curl`],
  ["aptRecommends", `${F}RUN apt-get install -y curl`, `${F}RUN apt-get install -y --no-install-recommends curl`],
  ["npmPin", `${F}RUN npm install -g yarn`, `${F}RUN npm install -g yarn@1.22.0 @scope/x@2.0.0`],
  ["apkPin", "FROM alpine:3.20\nRUN apk add curl", "FROM alpine:3.20\nRUN apk add curl=8.1-r0 jq~1.7"],
  ["apkCache", "FROM alpine:3.20\nRUN apk add curl", "FROM alpine:3.20\nRUN apk add --no-cache curl"],
  ["addForFiles", `${F}ADD app /app`, `${F}ADD app.tar.gz /app`],
  ["copyToFolder", `${F}COPY a b /app`, `${F}COPY a b /app/`],
  [
    "copyFromUnknown",
    `${F}COPY --from=build /a /a`,
    `FROM x:1 AS build\n${F}COPY --from=build /a /a\nCOPY --from=nginx:1.2 /a /a\nCOPY --from=0 /a /a`,
  ],
  [
    "copyFromItself",
    "FROM x:1 AS build\nCOPY --from=build /a /b",
    "FROM x:1 AS build\nFROM y:1\nCOPY --from=build /a /b",
  ],
  ["stageNames", "FROM x:1 AS a\nFROM y:1 AS A", "FROM x:1 AS a\nFROM y:1 AS b"],
  ["jsonForm", `${F}CMD node x.js`, `${F}CMD ["node", "x.js"]`],
  ["foreignRegistry", "FROM evil.example/x:1", "FROM reg.corp:5000/x:1", { allowedRegistries: ["reg.corp:5000"] }],
  ["registryVariable", "ARG R\nFROM $R/x:1", "ARG V\nFROM reg.corp/x:$V", { allowedRegistries: ["reg.corp"] }],
  ["apt", `${F}RUN apt install -y x`, `${F}RUN apt-get install -y x`],
  ["gemPin", `${F}RUN gem install rake`, `${F}RUN gem install rake:13.0 && gem install x -v 1.0`],
  ["fixedPlatform", "FROM --platform=linux/amd64 x:1", "FROM --platform=$BUILDPLATFORM x:1"],
  ["yumYes", `${F}RUN yum install x-1.0`, `${F}RUN yum -y install x-1.0`],
  ["yumClean", `${F}RUN yum install -y x-1.0`, `${F}RUN yum install -y x-1.0 && yum clean all`],
  ["yumPin", `${F}RUN yum install -y httpd`, `${F}RUN yum install -y httpd-2.4`],
  ["zypperYes", `${F}RUN zypper install x=1`, `${F}RUN zypper -n install x=1`],
  ["zypperUpgrade", `${F}RUN zypper -n dist-upgrade`, `${F}RUN zypper -n install x=1`],
  ["zypperClean", `${F}RUN zypper -n in x=1`, `${F}RUN zypper -n in x=1 && zypper clean`],
  ["zypperPin", `${F}RUN zypper -n install x`, `${F}RUN zypper -n install x=1`],
  ["dnfYes", `${F}RUN dnf install x-1`, `${F}RUN microdnf install -y x-1`],
  ["dnfClean", `${F}RUN dnf install -y x-1`, `${F}RUN dnf install -y x-1 && dnf clean all`],
  ["dnfPin", `${F}RUN dnf install -y x`, `${F}RUN dnf install -y x-1.2`],
  ["pipCache", `${F}RUN pip3 install x==1`, `${F}ENV PIP_NO_CACHE_DIR=1\nRUN python3 -m pip install x==1`],
  ["onBuildTrigger", `${F}ONBUILD FROM x`, `${F}ONBUILD RUN x`],
  ["envRefersToItself", `${F}ENV A=/x B=$A/bin`, `${F}ENV A=/x\nENV B=$A/bin`],
  ["copyWithoutWorkdir", `${F}COPY a app`, `${F}WORKDIR /x\nCOPY a app`],
  ["useraddHigh", `${F}RUN useradd -u 1234567 me`, `${F}RUN useradd -l -u 1234567 me && useradd -u 1000 you`],
  ["wgetProgress", `${F}RUN wget https://x`, `${F}RUN wget -q https://x`],
  ["labelName", `${F}LABEL My_Label!=x`, `${F}LABEL org.x.my-label=x`],
  ["emptyLabel", `${F}LABEL a=""`, `${F}LABEL a=b`],
  ["labelMissing", `${F}LABEL a=b`, `FROM x:1 AS b\nLABEL team=x\nFROM b`, { requiredLabels: { team: "text" } }],
  [
    "labelSuperfluous",
    `${F}LABEL a=b`,
    `${F}LABEL team=b`,
    { requiredLabels: { team: "text" }, hasStrictLabels: true },
  ],
  [
    "labelUrl",
    `${F}LABEL org.opencontainers.image.url=here`,
    `${F}LABEL org.opencontainers.image.url=https://x.example`,
  ],
  [
    "labelTime",
    `${F}LABEL org.opencontainers.image.created=yesterday`,
    `${F}LABEL org.opencontainers.image.created=2026-01-01T00:00:00Z`,
  ],
  [
    "labelLicense",
    `${F}LABEL org.opencontainers.image.licenses=Mine`,
    `${F}LABEL org.opencontainers.image.licenses=MIT`,
  ],
  ["labelHash", `${F}LABEL commit=main`, `${F}LABEL commit=deadbee`, { requiredLabels: { commit: "hash" } }],
  ["labelVersion", `${F}LABEL version=v1`, `${F}LABEL version=1.0.0`, { requiredLabels: { version: "semver" } }],
  ["labelEmail", `${F}LABEL by=me`, `${F}LABEL by=me@example.com`, { requiredLabels: { by: "email" } }],
  [
    "labelDigest",
    `${F}LABEL org.opencontainers.image.base.digest=sha256:ab`,
    `${F}LABEL org.opencontainers.image.base.digest=sha256:${"ab".repeat(32)}`,
  ],
  ["userByName", `${F}USER app:app`, `FROM x:1 AS b\nUSER app\n${F}USER 1000:app`],
  ["redundantPlatform", "FROM --platform=$TARGETPLATFORM x:1", "FROM --platform=$BUILDPLATFORM x:1"],
  ["copyWholeSystem", `FROM x:1 AS b\n${F}COPY --from=b / /`, "FROM x:1 AS b\nFROM scratch\nCOPY --from=b / /"],
  ["noHealthcheck", F, `${F}HEALTHCHECK NONE`],
  ["consecutiveRuns", `${F}RUN a\nRUN b`, `${F}RUN a\nUSER 1\nRUN b`],
  ["yarnClean", `${F}RUN yarn install`, `${F}RUN yarn install && yarn cache clean`],
  ["goPin", `${F}RUN go install example.com/x@latest`, `${F}RUN go install example.com/x@v1.2.3 && go install ./cmd`],
  ["maintainer", `${F}MAINTAINER me`, `${F}LABEL maintainer=me`],
  ["twoDownloaders", `${F}RUN wget -q a && curl b`, `${F}RUN curl a && curl b`],
  ["severalCommands", `${F}CMD ["a"]\nCMD ["b"]`, `${F}CMD ["a"]`],
  ["severalEntrypoints", `${F}ENTRYPOINT ["a"]\nENTRYPOINT ["b"]`, `${F}ENTRYPOINT ["a"]`],
  ["shellLink", `${F}RUN ln -sf /bin/bash /bin/sh`, `${F}SHELL ["/bin/bash", "-c"]`],
  ["pipefail", `${F}RUN a | b`, `${F}SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN a | b || c`],
  [
    "secretVariable",
    `${F}ENV DB_PASSWORD=Kx92Lm`,
    `${F}ENV DB_PASSWORD_FILE=/run/x TOKEN_URL=https://x PASSWORD= KEYCLOAK=1`,
  ],
  ["secretFile", `${F}COPY .npmrc /root/`, `${F}COPY server-cert.pem id_rsa.pub /x/`],
  ["pipedDownload", `${F}RUN curl -fsSL https://x | sh`, `${F}RUN curl -fsSL https://x | tar x`],
  ["unverifiedDownload", `${F}RUN curl -fkL https://x`, `${F}RUN curl -fL https://k`],
  ["openMode", `${F}RUN chmod -R 777 /app`, `${F}RUN chmod 755 /app && chmod o-w x`],
  ["sshServer", `${F}RUN apt-get install -y openssh-server`, `${F}RUN apt-get install -y openssh-client`],
  ["sshPort", `${F}EXPOSE 22`, `${F}EXPOSE 8022`],
  ["unneededPackage", `${F}RUN apt-get install -y vim`, `FROM x:1 AS b\nRUN apt-get install -y build-essential\n${F}`],
  ["packageUpgrade", `${F}RUN apt-get update && apt-get upgrade -y`, `${F}RUN apt-get update && apt-get install -y x`],
  ["addUrl", `${F}ADD https://x/y /y`, `${F}ADD --checksum=sha256:ab https://x/y /y\nADD https://x/r.git /r`],
  ["wholeContext", `${F}COPY . /app`, `${F}COPY src /app`],
  ["unpinnedBase", F, "FROM scratch"],
  ["sensitiveVolume", `${F}VOLUME /var/run/docker.sock`, `${F}VOLUME ["/data"]`],
  ["insecureBuild", `${F}RUN --security=insecure x`, `${F}RUN --mount=type=cache,target=/x x`],
  ["unusedStage", `FROM x:1 AS a\n${F}`, `FROM x:1 AS a\n${F}RUN --mount=type=bind,from=a,target=/x x`],
  ["mixedCase", `${F}Run x`, "from debian:12\nrun x"],
  ["reservedStage", "FROM x:1 AS scratch", "FROM x:1 AS context1"],
  ["legacyPair", `${F}ENV A b`, `${F}ENV A=b`],
  ["aptKey", `${F}RUN apt-key add x`, `${F}RUN gpg --dearmor x`],
  ["updateAlone", `${F}RUN apt-get update`, `${F}RUN apt-get update && apt-get install -y x`],
  ["heredocWithoutSet", `${F}RUN <<EOF\na\nb\nEOF`, `${F}RUN <<EOF\nset -eu\na\nb\nEOF`],
  ["removeVariable", `${F}RUN rm -rf $DIR/*`, `${F}RUN rm -rf /x/$DIR`],
  ["bashOnly", `${F}RUN source /x`, `${F}SHELL ["/bin/bash", "-c"]\nRUN source /x`],
  ["deprecatedBase", "FROM debian:buster-slim", "FROM debian:bookworm-slim"],
  ["dockerSocket", `${F}RUN --mount=type=bind,source=/var/run/docker.sock,target=/x x`, `${F}RUN docker ps`],
  ["npmScripts", `${F}RUN npm install`, `${F}RUN npm ci`],
];

function idsOf(text: string, options?: DockerfileLintOptions): readonly string[] {
  return lintDockerfile(text, options).map(({ rule }) => rule);
}

/** The line on which the instruction begins that a line belongs to. */
function instructionLine(text: string, line: number): number {
  const { instructions, faults } = parseDockerfile(text);
  return Math.max(1, ...[...instructions, ...faults].map((each) => each.line).filter((start) => start <= line));
}

describe("lintDockerfile", () => {
  it("has a case for each check", () => {
    expect(CASES.map(([name]) => name).toSorted()).toEqual(Object.keys(DOCKERFILE_CHECK).toSorted());
  });

  it.each(CASES.map(([name, bad, good, options]) => ({ name, bad, good, options })))(
    "$name",
    ({ name, bad, good, options }) => {
      const { id } = DOCKERFILE_CHECK[name];
      expect(idsOf(good, options)).not.toContain(id);
      expect(idsOf(bad, options)).toContain(id);
    },
  );

  it("every check has its texts, and its id once", () => {
    const checks = [...DOCKERFILE_CHECKS, ...IMAGE_CHECKS];
    for (const { id } of checks) {
      for (const catalogue of Object.values(CATALOGUE)) {
        expect(catalogue).toHaveProperty([`check.${id}`]);
        expect(catalogue).toHaveProperty([`check.${id}.advice`]);
      }
    }
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });

  it("finds secrets in the text, without their values", () => {
    const found = lintDockerfile(`${F}RUN git clone https://${TOKEN}@github.com/x/y`);
    expect(found.filter(({ kind }) => kind === "secret")).toMatchObject([{ line: 2, excerpt: "ghp_Zk3Q****" }]);
    expect(JSON.stringify(found)).not.toContain(TOKEN);
  });

  it.each([
    { name: "of ours", text: "# haechi ignore=HD013 -- the team's own base", reason: "the team's own base" },
    { name: "of hadolint", text: "# hadolint ignore=DL3007", reason: "" },
    { name: "for the whole file", text: "# haechi global ignore=HD013,HD009 -- see README", reason: "see README" },
  ])("leaves out what a comment $name names, and says so", ({ text, reason }) => {
    const { observations, ignored } = examineDockerfile(`${text}\nFROM debian:latest\n`);
    expect(observations.map(({ rule }) => rule)).not.toContain("HD013");
    expect(ignored).toContainEqual({ observation: expect.objectContaining({ rule: "HD013" }) as unknown, reason });
  });

  it.each([
    { command: "apt-get upgrade", isTold: true },
    { command: "apt-get dist-upgrade -y", isTold: true },
    { command: "apt-get -y dist-upgrade", isTold: true },
    { command: "apk --no-cache upgrade", isTold: true },
    { command: "apk upgrade musl", isTold: false },
    { command: "dnf -y update openssl", isTold: false },
    { command: "apt-get -y update", isTold: false },
  ])("$command upgrades all packages: $isTold", ({ command, isTold }) => {
    const rules = lintDockerfile(`${F}RUN ${command}\n`).map(({ rule }) => rule);
    expect(rules.includes(DOCKERFILE_CHECK.packageUpgrade.id)).toBe(isTold);
  });

  it("has a check for each rule of hadolint but those on cache mounts, as the guide says", () => {
    const numbers = new Set(DOCKERFILE_CHECKS.flatMap(({ hadolint = "" }) => hadolint.split(", ")));
    const rules = [
      ...Array.from({ length: 78 }, (_, index) => `DL30${String(index).padStart(2, "0")}`),
      ...[0, 1, 3, 4, 5, 6, 7].map((number) => `DL400${number}`),
      "DL1001",
    ];
    const cacheMounts = Array.from({ length: 10 }, (_, index) => `DL30${68 + index}`);
    expect(rules.filter((rule) => !numbers.has(rule))).toEqual(cacheMounts);
  });

  // Each number of hadolint's that the reference of checks names, in both forms that hadolint reads.
  it.each(
    CASES.flatMap(([name, bad, , options]) =>
      (DOCKERFILE_CHECK[name].hadolint ?? "").split(", ").flatMap((number) => {
        return number === "" ? [] : [{ number, id: DOCKERFILE_CHECK[name].id, bad, options }];
      }),
    ),
  )("a comment with $number leaves out $id", ({ number, id, bad, options }) => {
    const told = lintDockerfile(bad, options).filter(({ rule }) => rule === id);
    const before = new Set(told.map(({ line = 1 }) => instructionLine(bad, line)));
    const comment = `# hadolint ignore=SC1000,${number} # as agreed`;
    const inline = bad.split("\n").flatMap((text, index) => (before.has(index + 1) ? [comment, text] : [text]));
    for (const text of [inline.join("\n"), `# hadolint global ignore = SC1000 , ${number} # as agreed\n${bad}`]) {
      const { observations, ignored } = examineDockerfile(text, options);
      expect(observations.filter(({ rule }) => rule === id)).toEqual([]);
      expect(ignored).toContainEqual({
        observation: expect.objectContaining({ rule: id }) as unknown,
        reason: "as agreed",
      });
    }
  });

  it.each([
    { image: "debian:12", allowed: "docker.io", isTold: false },
    { image: "debian:12", allowed: "hub.docker.com", isTold: false },
    { image: "index.docker.io/library/debian:12", allowed: "docker.io", isTold: false },
    { image: "library/debian:12", allowed: "registry.example.com", isTold: true },
    { image: "eu.gcr.io/x:1", allowed: "*.gcr.io", isTold: false },
    { image: "gcr.io/x:1", allowed: "*.gcr.io", isTold: true },
    { image: "evilgcr.io/x:1", allowed: "*.gcr.io", isTold: true },
    { image: "REG.example.com/x:1", allowed: "reg.example.com", isTold: false },
    { image: "reg.example.com:5000/x:1", allowed: "reg.example.com", isTold: true },
    { image: "reg.example.com.evil/x:1", allowed: "reg.example.com", isTold: true },
    { image: "scratch", allowed: "reg.example.com", isTold: false },
    { image: "REG/x:1", allowed: "docker.io", isTold: true },
    { image: "localhost/x:1", allowed: "docker.io", isTold: true },
    { image: "lo\\calhost/x:1", allowed: "docker.io", isTold: true },
    { image: '"reg.example.com/x:1"', allowed: "reg.example.com", isTold: false },
    { image: "e\\\nvil.example/x:1", allowed: "docker.io", isTold: true },
  ])("$image with $allowed allowed is told: $isTold", ({ image, allowed, isTold }) => {
    const rules = idsOf(`FROM ${image}\n`, { allowedRegistries: [allowed] });
    expect(rules.includes(DOCKERFILE_CHECK.foreignRegistry.id)).toBe(isTold);
  });

  it.each([
    { name: "a variable that nothing sets", text: "FROM ${X}evil.example/i:1" },
    { name: "a variable with a value of its own", text: "FROM ${X:-evil.example/i:1}" },
    { name: "a variable with a value when it is set", text: "ARG X=1\nFROM ${X:+evil.example/i:1}" },
    { name: "the default of an ARG", text: "ARG B=evil.example/i:1\nFROM $B" },
    {
      name: "the default of an ARG that is allowed, which a build argument replaces",
      text: "ARG B=ok.example\nFROM $B/i:1",
    },
    { name: "a variable that may be a stage", text: "ARG B=b\nFROM ok.example/i:1 AS b\nFROM $B" },
    { name: "a tag, which may hold a port and a path", text: "FROM node:$V" },
  ])("who may not take an image from elsewhere does not by $name", ({ text }) => {
    const allowedRegistries = ["ok.example", "docker.io"];
    expect(idsOf(text, { allowedRegistries })).toContain(DOCKERFILE_CHECK.registryVariable.id);
    expect(idsOf(text)).not.toContain(DOCKERFILE_CHECK.registryVariable.id);
  });

  it.each([
    { name: "COPY --from", text: "COPY --from=evil.example/i:1 /a /a" },
    { name: "COPY --from in quotes", text: "COPY --from='evil.example/i:1' /a /a" },
    { name: "COPY --from with a name on two lines", text: "COPY --link --fr\\\nom=evil\\\n.example/i:1 /a /a" },
    { name: "COPY --from with a very long name", text: `COPY --from=evil.example/${"i".repeat(2_000)} /a /a` },
    { name: "COPY --from after a long flag", text: `COPY --chown=${"1".repeat(2_000)} --from=evil.example/i /a /a` },
    { name: "COPY that a later build does", text: "ONBUILD COPY --from=evil.example/i:1 /a /a" },
    { name: "an image that is named like the number of no stage", text: "COPY --from=7 /a /a" },
    { name: "a mount", text: "RUN --mount=type=bind,from=evil.example/i:1,target=/x x" },
    { name: "a mount in other letters", text: `RUN --mount=type=cache,target=/x,"From=evil.example/i:1" x` },
    { name: "a mount that names two", text: "RUN --mount=from=b,from=evil.example/i:1,target=/x x" },
    { name: "the second mount", text: "RUN --mount=target=/x --mount=from=evil.example/i:1,target=/y x" },
  ])("who may not take an image from elsewhere does not by $name", ({ text }) => {
    const whole = `FROM ok.example/b:1 AS b\n${text}\n`;
    expect(idsOf(whole, { allowedRegistries: ["ok.example"] })).toContain(DOCKERFILE_CHECK.foreignRegistry.id);
    expect(idsOf(whole)).not.toContain(DOCKERFILE_CHECK.foreignRegistry.id);
  });

  it.each([
    { name: "a directive", text: "# syntax=evil.example/frontend:1\n" },
    { name: "a directive in other letters, after another", text: "#escape=\\\n#  SynTax = evil.example/f --x\n" },
    { name: "a directive behind the first line of a script", text: "#!/usr/bin/env x\n# syntax=evil.example/f\n" },
    { name: "a comment of another language", text: "// syntax=evil.example/f\n" },
    { name: "an official one, when the Docker Hub is not allowed", text: "# syntax=docker/dockerfile:1\n" },
  ])("who may not take an image from elsewhere does not replace the builder by $name", ({ text }) => {
    const found = lintDockerfile(`${text}FROM ok.example/b:1\n`, { allowedRegistries: ["ok.example"] });
    expect(found.map(({ rule }) => rule)).toContain(DOCKERFILE_CHECK.foreignRegistry.id);
  });

  it("nor by JSON that names a builder", () => {
    const text = JSON.stringify({ syntax: "evil.example/f" });
    expect(idsOf(text, { allowedRegistries: ["ok.example"] })).toContain(DOCKERFILE_CHECK.foreignRegistry.id);
  });

  it.each([
    { name: "what is in quotes", text: `RUN echo "<<CMD"\n@\nCMD` },
    { name: "what is in quotes, behind a blank", text: `RUN echo 'a <<CMD'\n@\nCMD` },
    { name: "the middle of a word", text: "RUN echo a;<<CMD\n@\nCMD" },
    { name: "a value of a variable", text: "RUN echo ${A:- <<CMD }\n@\nCMD" },
    { name: "the content of another, with a name of any letters", text: "COPY <<.a /x\nRUN <<Y\n.a\n@\nRUN <<Y\nY" },
  ])("who may not take an image from elsewhere does not hide it behind $name", ({ text }) => {
    const whole = `FROM ok.example/b:1\n${text.replace("@", "COPY --from=evil.example/i:1 /a /a")}\n`;
    expect(idsOf(whole, { allowedRegistries: ["ok.example"] })).toContain(DOCKERFILE_CHECK.foreignRegistry.id);
  });

  it("stages, variables behind an allowed registry, and later comments come from nowhere else", () => {
    const text = [
      "# syntax=ok.example/docker/dockerfile:1",
      "ARG V=1",
      "FROM ok.example/b:$V AS b",
      "# syntax=evil.example/f",
      "COPY --from=ok.example/i:1 /a /a",
      "FROM B AS c",
      "COPY --from=0 /a /b",
      "RUN --mount=type=bind,from=b,target=/x --mount=type=cache,from=scratch,target=/y x",
      "FROM scratch",
      "COPY --from=C /a /a",
      "",
    ].join("\n");
    const ids = idsOf(text, { allowedRegistries: ["ok.example"] });
    expect(ids).not.toContain(DOCKERFILE_CHECK.foreignRegistry.id);
    expect(ids).not.toContain(DOCKERFILE_CHECK.registryVariable.id);
  });

  it("labels that a schema asks for", () => {
    const options = { requiredLabels: { version: "text", "org.opencontainers.image.url": "text" } } as const;
    const values = idsOf(`${F}LABEL version=$V org.opencontainers.image.url=none other=`, options);
    expect(values).toContain(DOCKERFILE_CHECK.emptyLabel.id);
    expect(values).not.toContain(DOCKERFILE_CHECK.labelUrl.id);
    expect(values).not.toContain(DOCKERFILE_CHECK.labelSuperfluous.id);
    expect(idsOf(`${F}LABEL a=b`, { hasStrictLabels: true })).toContain(DOCKERFILE_CHECK.labelSuperfluous.id);
    expect(idsOf(F, options).filter((id) => id === DOCKERFILE_CHECK.labelMissing.id)).toHaveLength(2);
  });

  it("a comment holds for the next instruction only", () => {
    const text = "# haechi ignore=HD013 -- x\nFROM a:latest AS one\nFROM b:latest\nCOPY --from=one /a /a\n";
    expect(lintDockerfile(text).filter(({ rule }) => rule === "HD013")).toMatchObject([{ line: 3 }]);
  });

  it("tells the line of a command in a script of many lines", () => {
    const text = `${F}RUN apt-get update && \\\n  # a comment\n  apt-get install -y \\\n    curl && \\\n  sudo make\n`;
    expect(lintDockerfile(text).find(({ rule }) => rule === DOCKERFILE_CHECK.sudo.id)?.line).toBe(6);
    expect(
      lintDockerfile(`${F}RUN <<EOF\nset -e\nsudo x\nEOF`).find(({ rule }) => rule === DOCKERFILE_CHECK.sudo.id)?.line,
    ).toBe(4);
  });

  it("says that a text is no Dockerfile", () => {
    expect(examineDockerfile("hello world").isWellFormed).toBe(false);
    expect(examineDockerfile("").isWellFormed).toBe(false);
    expect(examineDockerfile(F).isWellFormed).toBe(true);
  });

  it("never throws, whatever it reads", () => {
    const piece = fc.constantFrom(
      "FROM a:1\n",
      "RUN ",
      "COPY ",
      "ENV A=",
      "<<EOF",
      "\nEOF\n",
      "\\\n",
      "`\n",
      "# escape=`\n",
      "# x\n",
      '"',
      "'",
      "$(",
      "${",
      ")",
      "}",
      "|",
      "&&",
      ";",
      "ONBUILD ",
      '["a",',
      "]",
      "--from=a ",
      "LABEL ",
      "apt-get install ",
      "\ufeff",
      "\0",
      "\r\n",
      " ",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 8 })), { maxLength: 60 }), (pieces) => {
        examineDockerfile(pieces.join(""));
      }),
    );
  });

  // Each took long with an expression that backtracks.
  it.each([
    "FROM a:1\nRUN ",
    "FROM a:1\nENV ",
    'FROM a:1\nLABEL a="',
    "FROM a:1\nCOPY ",
    "FROM ",
    "# haechi ignore=",
    "ARG ",
  ])("reads a hostile line after %j in linear time", (start) => {
    for (const filler of ["a", " ", "\\\n", "$(", '"', "=", "--a ", "<<A ", "a=b ", "a,", "| x ", "/"]) {
      examineDockerfile(start + filler.repeat(30_000));
    }
  });
});
