// SPDX-License-Identifier: Apache-2.0
import type { FindingDifference } from "./finding-differences.ts";

/** Why findings of one kind differ. The sentences are those of `docs/guides/{en,ko}/compared-with-trivy.md`. */
export interface ExplainedFindingDifference {
  readonly what: { readonly en: string; readonly ko: string };
  readonly why: { readonly en: string; readonly ko: string };
  explains(difference: FindingDifference): boolean;
}

/** Every kind of difference that is known; another one fails the test, and so does a kind that no longer occurs. */
export const EXPLAINED_FINDING_DIFFERENCES: readonly ExplainedFindingDifference[] = [
  {
    what: {
      en: "Trivy names the fixes of all branches: `2.0.9.1, 2.1.4.1, 2.2.3.1` for rack 2.2.3",
      ko: "Trivy는 모든 브랜치의 수정 버전을 적습니다. rack 2.2.3에 대해 `2.0.9.1, 2.1.4.1, 2.2.3.1`",
    },
    why: {
      en: "Haechi names only versions that are newer than the installed one and not affected themselves.",
      ko: "Haechi는 설치된 버전보다 새롭고 그 자체로 취약하지 않은 버전만 적습니다.",
    },
    explains: ({ about, ours, theirs }) =>
      (about === "fixed" || about === "status") &&
      ours !== undefined &&
      theirs !== undefined &&
      ours.fixed.length < theirs.fixed.length &&
      ours.fixed.every((version) => theirs.fixed.includes(version)),
  },
  {
    what: {
      en: "Haechi finds vulnerabilities of packages that only a lock file names",
      ko: "Haechi는 잠금 파일에만 적힌 패키지의 취약점도 찾습니다",
    },
    why: {
      en: "The finding says “declared, not installed” (`isDeclared` in the JSON report).",
      ko: "‘선언됨, 설치되지 않음’으로 표시됩니다(JSON 보고서에서는 `isDeclared`).",
    },
    explains: ({ about, ours, theirs }) => about === "found" && theirs === undefined && ours?.isDeclared === true,
  },
  {
    what: {
      en: "Haechi finds vulnerabilities of Python packages that Debian packages brought",
      ko: "Haechi는 데비안 패키지가 설치한 Python 패키지의 취약점도 보여 줍니다",
    },
    why: {
      en: "Debian decides: what its tracker calls fixed is suppressed with that origin, the rest says “covered by”. Trivy passes over these packages, and finds only Debian's.",
      ko: "데비안의 판단이 우선합니다. 트래커가 고쳤다고 하면 그 근거와 함께 숨기고, 나머지에는 ‘covered by’를 표시합니다. Trivy는 이런 패키지를 건너뛰고 데비안 패키지만 봅니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "found" && theirs === undefined && ours?.type === "pypi" && ours.owner !== undefined,
  },
  {
    what: {
      en: "Debian's `undetermined` is a finding “under investigation” for Haechi and nothing for Trivy",
      ko: "데비안의 `undetermined`는 Haechi에서는 ‘조사 중’인 발견이고 Trivy에서는 나오지 않습니다",
    },
    why: {
      en: "Nobody has looked whether Debian is affected. That is no acquittal.",
      ko: "데비안이 영향을 받는지 아직 아무도 확인하지 않은 상태이며, 안전하다는 뜻이 아닙니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "found" && theirs === undefined && ours?.type === "deb" && ours.status === "underInvestigation",
  },
  {
    what: {
      en: "Debian's `unimportant` is `negligible` for Haechi and `LOW` for Trivy",
      ko: "데비안의 `unimportant`는 Haechi에서 `negligible`, Trivy에서 `LOW`입니다",
    },
    why: {
      en: "Debian gives the word to bugs without a security impact in its packages, and keeps `low` apart from it.",
      ko: "데비안은 자사 패키지에서 보안에 영향이 없는 버그에 이 말을 쓰며 `low`와 구분합니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "severity" && ours?.type === "deb" && ours.severity === "negligible" && theirs?.severity === "low",
  },
  {
    what: {
      en: "Debian's “no-dsa” is `deferred` for Haechi and `affected` for Trivy",
      ko: "데비안의 ‘no-dsa’는 Haechi에서 `deferred`, Trivy에서 `affected`입니다",
    },
    why: {
      en: "Debian will fix it with a later point release, without an advisory. “Ignored”, “postponed” and “end of life” have the same words in both.",
      ko: "데비안이 보안 권고 없이 이후 포인트 릴리스에서 고치겠다는 뜻입니다. ‘ignored’, ‘postponed’, ‘end of life’는 두 도구가 같게 표시합니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "status" && ours?.type === "deb" && ours.status === "deferred" && theirs?.status === "affected",
  },
  {
    what: {
      en: "Of two CVEs in one entry of Alpine's or GitHub's data Trivy takes one",
      ko: "알파인이나 GitHub 데이터의 한 항목에 CVE가 두 개 있으면 Trivy는 하나만 씁니다",
    },
    why: {
      en: "Haechi finds each CVE of an entry of Alpine's; aliases of a record of GitHub's are one finding with all ids.",
      ko: "Haechi는 알파인 항목의 CVE를 각각 찾고, GitHub 기록의 별칭은 모든 ID를 가진 하나의 발견으로 보여 줍니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "found" && theirs === undefined && ours?.type === "apk" && !ours.isUndecided,
  },
  {
    what: {
      en: "A version that cannot be read gives an “undecided” finding with Haechi and none with Trivy",
      ko: "읽을 수 없는 버전은 Haechi에서 ‘판단 불가’로 나오고 Trivy에서는 나오지 않습니다",
    },
    why: {
      en: "It may be the affected one: of the package (`1.13.4-x86_64-linux`) or of the advisory. Policies decide what to do with it.",
      ko: "취약한 버전일 수도 있기 때문입니다. 패키지의 버전(`1.13.4-x86_64-linux`)이든 권고의 버전이든 같으며, 어떻게 다룰지는 정책이 정합니다.",
    },
    explains: ({ about, ours, theirs }) => about === "found" && theirs === undefined && ours?.isUndecided === true,
  },
  {
    what: {
      en: "Trivy passes over a whole advisory when one of its versions cannot be read",
      ko: "Trivy는 권고에 적힌 버전 하나라도 읽지 못하면 그 권고 전체를 건너뜁니다",
    },
    why: {
      en: "Old releases of PyPI (`0.7.11p2` of buildbot) are named beside ranges that can be read. Haechi judges by those.",
      ko: "PyPI의 옛 릴리스(buildbot의 `0.7.11p2`)가 읽을 수 있는 범위와 함께 적혀 있습니다. Haechi는 읽을 수 있는 범위로 판단합니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "found" && theirs === undefined && ours?.name === "buildbot" && !ours.isUndecided,
  },
  {
    what: {
      en: "Trivy does not find unfixed vulnerabilities in pseudo-versions of Go such as `v0.0.0-20240826044107-ecd7e2d0e987`",
      ko: "Trivy는 `v0.0.0-20240826044107-ecd7e2d0e987` 같은 Go 의사 버전에서 아직 수정되지 않은 취약점을 찾지 못합니다",
    },
    why: {
      en: "OSV's `introduced: 0` is before every version. Trivy compares with version 0, and these are pre-releases of it.",
      ko: "OSV의 `introduced: 0`은 모든 버전보다 앞선다는 뜻입니다. Trivy는 버전 0과 비교하는데, 의사 버전은 0의 사전 릴리스로 계산됩니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "found" && theirs === undefined && ours?.type === "golang" && ours.version.startsWith("v0.0.0-"),
  },
  {
    what: {
      en: "`1.8.4-p1` of a Composer package comes after `1.8.4` for Haechi and before it for Trivy",
      ko: "Composer 패키지의 `1.8.4-p1`을 Haechi는 `1.8.4` 뒤에, Trivy는 앞에 둡니다",
    },
    why: {
      en: "Composer calls it a patch of the release; composer/semver says the same.",
      ko: "Composer에서는 그 릴리스의 패치를 뜻합니다. composer/semver의 순서와 같습니다.",
    },
    explains: ({ about, ours, theirs }) =>
      about === "found" && (ours ?? theirs)?.type === "composer" && ((ours ?? theirs)?.version ?? "").endsWith("-p1"),
  },
];
