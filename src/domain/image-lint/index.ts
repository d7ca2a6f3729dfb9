// SPDX-License-Identifier: Apache-2.0
export { ACCOUNT_ANALYZER } from "./account-analyzer.ts";
export type { CheckRule } from "./check-rule.ts";
export { DOCKERFILE_CHECKS } from "./checks/dockerfile-checks.ts";
export { IMAGE_CHECKS } from "./checks/image-checks.ts";
export { isLabelKind, LABEL_KINDS, type LabelKind } from "./dockerfile/label-kind.ts";
export type { DockerfileLintOptions } from "./dockerfile/lint-context.ts";
export { type DockerfileLint, examineDockerfile, lintDockerfile } from "./dockerfile/lint-dockerfile.ts";
export { FILE_MODE_ANALYZER } from "./file-mode-analyzer.ts";
export { lintImage } from "./lint-image.ts";
export { lintReference } from "./lint-reference.ts";
