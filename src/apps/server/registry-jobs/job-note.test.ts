// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { RegistryJobMessage } from "#database";
import { ImageSourceError } from "#image-source";
import { PromotionError } from "../registry/promotion/index.ts";
import { describeFailure } from "./describe-failure.ts";
import { RegistryJobError } from "./errors.ts";
import { renderJobNote } from "./job-note.ts";

describe("what is said of a job", () => {
  it.each<{ name: string; note: RegistryJobMessage; en: string; ko: string }>([
    {
      name: "a failure with what its sentence names",
      note: describeFailure(
        new RegistryJobError("COPY_INCOMPLETE", "2 images", { details: { work: "backup", count: 2 } }),
      ),
      en: "2 images are not in the backup; older backups are kept. The result says which and why (COPY_INCOMPLETE)",
      ko: "이미지 2개가 백업에 들어가지 않았습니다. 이전 백업은 그대로 있습니다. 어느 이미지이고 이유가 무엇인지는 결과에 있습니다. (COPY_INCOMPLETE)",
    },
    {
      name: "a failure whose detail is there in each language",
      note: describeFailure(
        new PromotionError("IMAGE_REFUSED", "it is refused", {
          details: { isDenied: "yes", reasons: { en: "a hole", ko: "취약점" } },
        }),
      ),
      en: "the image is refused, so it is not promoted: a hole (IMAGE_REFUSED)",
      ko: "거부된 이미지이므로 승격하지 않았습니다: 취약점 (IMAGE_REFUSED)",
    },
    {
      name: "a failure of another registry",
      note: describeFailure(new ImageSourceError("REGISTRY_TIMEOUT", "r.example: no answer")),
      en: "the other registry does not answer in time: r.example: no answer (REGISTRY_TIMEOUT)",
      ko: "상대 레지스트리가 제시간에 응답하지 않습니다(r.example: no answer). (REGISTRY_TIMEOUT)",
    },
    {
      name: "a failure that nobody wrote a sentence for",
      note: { code: "OF_A_LATER_VERSION", params: { detail: "who knows" } },
      en: "the job failed: who knows (OF_A_LATER_VERSION)",
      ko: "작업이 실패했습니다(who knows). (OF_A_LATER_VERSION)",
    },
    {
      name: "a bug",
      note: describeFailure(new TypeError("password=hunter2 of undefined")),
      en: "an unexpected failure; the log of the server says more (INTERNAL)",
      ko: "예상하지 못한 오류가 발생했습니다. 자세한 내용은 서버 로그에 있습니다. (INTERNAL)",
    },
    {
      name: "what the system refused",
      note: describeFailure(Object.assign(new Error("write /secret"), { code: "EIO" })),
      en: "an unexpected failure (EIO); the log of the server says more (INTERNAL)",
      ko: "예상하지 못한 오류가 발생했습니다(EIO). 자세한 내용은 서버 로그에 있습니다. (INTERNAL)",
    },
    {
      name: "what it is at",
      note: { code: "files", params: { count: 3, size: "4 KiB" } },
      en: "looking for files that nothing needs, 3 so far (4 KiB)",
      ko: "필요 없는 파일을 찾는 중, 지금까지 3개(4 KiB)",
    },
    {
      name: "what an earlier version wrote",
      note: { code: "TEXT", params: { text: "COPY_INCOMPLETE: 2 images" } },
      en: "COPY_INCOMPLETE: 2 images",
      ko: "COPY_INCOMPLETE: 2 images",
    },
  ])("is a sentence in each language: $name", ({ note, en, ko }) => {
    expect(renderJobNote(note, "en")).toBe(en);
    expect(renderJobNote(note, "ko")).toBe(ko);
  });
});
