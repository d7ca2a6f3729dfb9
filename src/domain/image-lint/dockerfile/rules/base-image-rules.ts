// SPDX-License-Identifier: Apache-2.0
import { DOCKERFILE_CHECK } from "../../checks/dockerfile-checks.ts";
import { imageSourcesOf } from "../image-sources.ts";
import type { BuildStage } from "../instruction.ts";
import type { LintContext } from "../lint-context.ts";

/** Names that BuildKit gives a meaning of its own. */
const RESERVED: ReadonlySet<string> = new Set(["scratch", "context"]);

/** Bases of distributions that get no more fixes for free; a scan of the image knows the day. */
const OUTDATED =
  /^(?:(?:docker\.io\/)?(?:library\/)?)?(?:debian:(?:wheezy|jessie|stretch|buster|[6-9]|10)(?![0-9])|ubuntu:(?:1[0-9]\.|trusty|xenial|bionic|artful|cosmic|disco|eoan)|centos(?::|$)|alpine:(?:2\.|3\.(?:[0-9]|1[0-8])(?![0-9]))|fedora:(?:[12][0-9]|3[0-9])(?![0-9])|opensuse\/leap:(?:42|15\.[0-4])|node:(?:[0-9]|1[0-7])(?![0-9])|python:(?:2|3\.[0-8])(?![0-9])|openjdk:|php:(?:5|7|8\.0)(?![0-9])|ruby:(?:1|2|3\.0)(?![0-9])|golang:1\.(?:[0-9]|1[0-9]|2[01])(?![0-9]))/;

/** What is checked about FROM. */
export function checkBaseImages(context: LintContext): void {
  const names = new Set<string>();
  for (const stage of context.file.stages) {
    const isOwn = names.has(stage.base.toLowerCase());
    if (!isOwn && stage.base !== "scratch" && !stage.base.includes("$")) {
      checkBase(context, stage);
    }
    checkPlatform(context, stage);
    if (stage.name !== undefined) {
      if (names.has(stage.name)) {
        context.report(DOCKERFILE_CHECK.stageNames, stage.line, { stage: stage.name });
      }
      if (RESERVED.has(stage.name)) {
        context.report(DOCKERFILE_CHECK.reservedStage, stage.line, { stage: stage.name });
      }
      names.add(stage.name);
    }
  }
  checkUse(context);
}

function checkBase(context: LintContext, { base: image, line }: BuildStage): void {
  const [named = "", digest] = image.split("@", 2);
  const last = named.slice(named.lastIndexOf("/") + 1);
  const tag = last.includes(":") ? last.slice(last.indexOf(":") + 1) : undefined;
  if (digest === undefined) {
    if (tag === undefined) {
      context.report(DOCKERFILE_CHECK.untaggedBase, line, { image });
    } else if (tag === "latest") {
      context.report(DOCKERFILE_CHECK.latestBase, line, { image });
    } else {
      context.report(DOCKERFILE_CHECK.unpinnedBase, line, { image });
    }
  }
  if (OUTDATED.test(named)) {
    context.report(DOCKERFILE_CHECK.deprecatedBase, line, { image });
  }
}

function checkPlatform(context: LintContext, { platform, line }: BuildStage): void {
  if (platform !== undefined && !platform.includes("$")) {
    context.report(DOCKERFILE_CHECK.fixedPlatform, line, { platform });
  } else if (platform !== undefined && /^\$\{?TARGETPLATFORM\}?$/.test(platform)) {
    context.report(DOCKERFILE_CHECK.redundantPlatform, line);
  }
}

/** A stage is used by COPY --from, by a mount, or as the base of another. */
function checkUse(context: LintContext): void {
  const { stages, instructions } = context.file;
  const used = new Set<string>();
  for (const { base } of stages) {
    used.add(base.toLowerCase());
  }
  for (const source of instructions.flatMap(imageSourcesOf)) {
    used.add(source.toLowerCase());
  }
  for (const { name, index, line } of stages.slice(0, -1)) {
    if (!used.has(String(index)) && !(name !== undefined && used.has(name))) {
      context.report(DOCKERFILE_CHECK.unusedStage, line, { stage: name ?? String(index) });
    }
  }
}
