// SPDX-License-Identifier: Apache-2.0
import type { Package } from "#packages";
import type { ListedPackage } from "./trivy-packages.ts";

/** A package that one of the two lists and the other does not, or not in that version or under that type. */
export type Difference =
  | { readonly by: "haechi"; readonly found: Package }
  | { readonly by: "trivy"; readonly found: ListedPackage };

/** Why there are differences of one kind. The sentences are those of `docs/guides/{en,ko}/compared-with-trivy.md`. */
export interface ExplainedDifference {
  readonly what: { readonly en: string; readonly ko: string };
  readonly why: { readonly en: string; readonly ko: string };
  explains(difference: Difference): boolean;
}

const INSTALLED_MANIFEST = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@]+\/package\.json$/;

/** Every kind of difference that is known; another one fails the test, and so does a kind that no longer occurs. */
export const EXPLAINED_DIFFERENCES: readonly ExplainedDifference[] = [
  {
    what: {
      en: "Trivy lists `package.json` files inside of packages: test folders, `dist/`, `benchmark/`",
      ko: "Trivy는 패키지 안에 있는 `package.json`(테스트 폴더, `dist/`, `benchmark/`)도 패키지로 셉니다",
    },
    why: {
      en: "npm installed none of them; `npm ls` does not know them either. Haechi lists what lies directly under `node_modules`.",
      ko: "npm이 설치한 패키지가 아니며 `npm ls`에도 나오지 않습니다. Haechi는 `node_modules` 바로 아래에 있는 것만 셉니다.",
    },
    explains: ({ by, found }) =>
      by === "trivy" &&
      found.type === "npm" &&
      found.path.includes("node_modules/") &&
      !INSTALLED_MANIFEST.test(found.path),
  },
  {
    what: {
      en: "Trivy lists the `package.json` of the application itself",
      ko: "Trivy는 애플리케이션 자신의 `package.json`도 패키지로 셉니다",
    },
    why: {
      en: "The application is not a package of the registry; an advisory for a package that happens to have its name would be a false alarm.",
      ko: "애플리케이션은 레지스트리에 있는 패키지가 아닙니다. 이름이 우연히 같은 패키지의 권고가 잘못 적용될 수 있습니다.",
    },
    explains: ({ by, found }) => by === "trivy" && found.type === "npm" && !found.path.includes("node_modules/"),
  },
  {
    what: {
      en: "Haechi lists Python packages that Debian packages installed",
      ko: "Haechi는 데비안 패키지가 설치한 Python 패키지도 보여 줍니다",
    },
    why: {
      en: "They are marked with the Debian package that owns them, whose vendor's advisories decide (“covered by”). Trivy drops them.",
      ko: "그 파일을 설치한 데비안 패키지가 함께 표시되고, 그 배포판의 권고가 우선합니다. Trivy는 이런 패키지를 목록에서 뺍니다.",
    },
    explains: ({ by, found }) => by === "haechi" && found.type === "pypi" && found.owner !== undefined,
  },
  {
    what: {
      en: "Haechi lists packages that only a lock file or requirements file names",
      ko: "Haechi는 잠금 파일이나 요구 사항 파일에만 적힌 패키지도 보여 줍니다",
    },
    why: {
      en: "They are marked “declared, not installed”. Of images Trivy reads only some of these files, and lists their packages like installed ones.",
      ko: "‘선언됨, 설치되지 않음’으로 표시됩니다. Trivy는 이미지에서 이런 파일 중 일부만 읽고, 읽은 것은 설치된 패키지처럼 표시합니다.",
    },
    explains: ({ by, found }) => by === "haechi" && found.isDeclared === true,
  },
  {
    what: {
      en: "Haechi lists programs and runtimes that no package installed, such as a Java runtime that was copied in",
      ko: "Haechi는 패키지 없이 복사해 넣은 프로그램과 런타임(예: Java 런타임)도 보여 줍니다",
    },
    why: {
      en: "They are known by the text in them or by their `release` file, and have the type `generic`. Trivy does not look for them.",
      ko: "파일 안의 문자열이나 `release` 파일로 알아내며 유형은 `generic`입니다. Trivy는 찾지 않습니다.",
    },
    explains: ({ by, found }) => by === "haechi" && found.type === "generic" && found.name === "java",
  },
  {
    what: {
      en: "Haechi lists crates of Rust programs that were built without cargo-auditable",
      ko: "Haechi는 cargo-auditable 없이 빌드한 Rust 프로그램의 크레이트도 일부 보여 줍니다",
    },
    why: {
      en: "Panic messages name the source files of crates, and so their versions. The list is not complete: a crate that cannot panic is not named.",
      ko: "패닉 메시지에 적힌 소스 파일 경로에서 크레이트와 버전을 알아냅니다. 패닉이 없는 크레이트는 나오지 않으므로 전체 목록은 아닙니다.",
    },
    explains: ({ by, found }) =>
      by === "haechi" &&
      found.type === "cargo" &&
      found.isDeclared !== true &&
      found.evidence.path.endsWith("rust-plain"),
  },
  {
    what: {
      en: "The standard library of Go is `1.26.8` for Haechi and `v1.26.8` for Trivy",
      ko: "Go 표준 라이브러리의 버전을 Haechi는 `1.26.8`, Trivy는 `v1.26.8`로 적습니다",
    },
    why: {
      en: "The advisories of Go write it without `v`; pre-releases are written as there, too (`1.27.0-rc.1`).",
      ko: "Go의 권고는 `v` 없이 적습니다. 시험판도 권고와 같이 적습니다(`1.27.0-rc.1`).",
    },
    explains: ({ by, found }) =>
      found.type === "golang" && found.name === "stdlib" && found.version.startsWith("v") === (by === "trivy"),
  },
  {
    what: {
      en: "A version that the Go linker was given is `v1.4.2` for Haechi and `1.4.2` for Trivy",
      ko: "Go 링커에 넘긴 버전을 Haechi는 `v1.4.2`, Trivy는 `1.4.2`로 적습니다",
    },
    why: {
      en: "Versions of Go modules begin with `v`, so that they can be compared. Haechi takes only variables of the program itself, and none when they disagree.",
      ko: "Go 모듈의 버전은 `v`로 시작해야 비교할 수 있습니다. Haechi는 프로그램 자신의 변수만 쓰고, 값이 서로 다르면 쓰지 않습니다.",
    },
    explains: ({ by, found }) =>
      found.type === "golang" && found.name !== "stdlib" && /^\d/.test(found.version) === (by === "trivy"),
  },
];
