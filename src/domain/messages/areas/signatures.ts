// SPDX-License-Identifier: Apache-2.0

export const signaturesEn = {
  "signature.MALFORMED": "This is not a signature of the kind that it claims to be. Remove it, and sign again.",
  "signature.SIGNATURE_INVALID":
    "The signature does not fit what it signs: one of the two was changed. Do not use this image; find out who changed it.",
  "signature.DIGEST_MISMATCH":
    "The signature is of another image. Sign this digest; after a rebuild an image needs a new signature.",
  "signature.REFERENCE_MISMATCH":
    "The signature is for another repository or tag. Sign the image under the name that it is used by.",
  "signature.KEY_MISMATCH":
    "Signed with a key that is not asked for. Check the key, or have the image signed with the right one.",
  "signature.IDENTITY_MISMATCH":
    "Signed by somebody who is not asked for. Compare the identity and issuer below with those that you ask for.",
  "signature.CERTIFICATE_UNTRUSTED":
    "The certificate does not lead to a root that is trusted. Check the trusted root or trust store.",
  "signature.EXPIRED": "Certificate, key, signature or metadata had ended when it mattered. Sign the image again.",
  "signature.REVOKED":
    "The certificate or key was revoked: somebody else may have it. Sign again with another key, and look at what this one signed.",
  "signature.LOG_PROOF_MISSING":
    "There is no proof that the signature is in the transparency log. Sign with the log, or do not ask for it with keys of your own.",
  "signature.LOG_PROOF_INVALID":
    "The proof of the transparency log does not hold. Check that the trusted root is that of the instance that was signed with.",
  "signature.SCT_INVALID":
    "The certificate has no valid proof of the certificate log. Check that the trusted root is that of the instance that was signed with.",
  "signature.TIMESTAMP_INVALID":
    "There is no trusted time of signing, or one that does not hold. Sign with a timestamp authority that the trusted root names.",
  "signature.METADATA_ROLLBACK":
    "The trust server gave older metadata than was seen before. Somebody may be replaying it, or the server was restored from a backup.",
  "signature.THRESHOLD_NOT_MET": "The metadata is not signed by enough of its keys. Publish the repository again.",
  "signature.ROOT_NOT_TRUSTED":
    "The root of the repository is not the one that is pinned or was seen first. If it was replaced on purpose, pin the new key.",
  "signature.TARGET_MISSING":
    "The tag is not signed, or not by this signer. Sign it with “docker trust sign” or “notary”.",
  "signature.SIGNERS_DISAGREE":
    "Signers that must agree signed different digests of this tag. All of them have to sign the same image.",
  "signature.PREDICATE_MISMATCH":
    "No statement of the type that is asked for. Attest the right type, or correct the type that you ask for.",
  "signature.CONDITION_FALSE": "A condition does not hold for what the attestation says.",
  "signature.TOO_OLD": "Older than is accepted. Scan and attest the image again.",
  "signature.REJECTED": "The policy accepts nothing here.",
  "signature.NOT_SUPPORTED":
    "The registry has no service for this kind of signature. Name the server or store: --notary-server or --gpg-store, or trustServer or storeURL in the policy.",
  "signature.TOO_FEW_SIGNERS": "Fewer different signers than asked for.",
  "signature.POLICY_MISMATCH":
    "A check of the trust policy failed, which only logs it. Check the names in the trust policy document.",
  "signature.UNSUPPORTED": "A format or algorithm that cannot be verified here. Sign again with a current tool.",
  "signature.TRUST_MATERIAL_INVALID":
    "Keys, certificates or the trusted root to verify with are missing or cannot be read. Check the files and settings.",
  "signature.CONDITION_UNDECIDED": "A condition could not be evaluated: the attestation lacks what it asks about.",
  "signature.REVOCATION_UNKNOWN":
    "Nobody could say whether the certificate was revoked. Check that its OCSP or CRL service can be reached.",
  "signature.SOURCE_UNAVAILABLE":
    "A source could not be read, so a signature may have been missed. Check network and credentials, then try again.",
  "signature.LIMIT_EXCEEDED":
    "More signatures, or larger ones, than are looked at. Remove what nobody needs from the repository.",

  "verify.state.verified": "verified",
  "verify.state.none": "not signed",
  "verify.state.bad": "BAD SIGNATURE",
  "verify.state.unknown": "cannot tell",
  "verify.state.notSupported": "not supported here",
  "verify.state.refused": "nothing is accepted here",
  "verify.state.noAttestation": "no attestation",
  "verify.state.badAttestation": "attestation does not hold",
  "verify.label.image": "Image",
  "verify.label.digest": "Digest",
  "verify.label.policy": "Policy",
  "verify.label.platform": "Platform",
  "verify.label.time": "Signed",
  "verify.label.checked": "Checked",
  "verify.label.issuer": "Issuer",
  "verify.label.key": "Key",
  "verify.label.log": "Log entry",
  "verify.label.claims": "Claims to be",
  "verify.label.predicate": "Type",
  "verify.label.validUntil": "Holds until",
  "verify.label.details": "Details",
  "verify.effect.bad": "does not count",
  "verify.effect.unknown": "cannot tell",
  "verify.effect.warning": "only logged",
  "verify.time.timestamp-authority": "{time} (timestamp authority)",
  "verify.time.transparency-log": "{time} (transparency log)",
  "verify.time.signer": "{time} (says the signer)",
  "verify.index": "This is an index: it and each image in it that can run must be signed.",
  "verify.index.covered": "This is an index: its own signature is enough for the images in it.",
  "verify.child": "Image of the index",
  "verify.conclusion.verified": "Verified: everything that was asked for holds.",
  "verify.conclusion.bad":
    "NOT VERIFIED: there are signatures, and they do not count. This is worse than no signature.",
  "verify.conclusion.none": "NOT VERIFIED: the image is not signed as asked for.",
  "verify.conclusion.notSupported":
    "NOT VERIFIED: this kind of signature is not supported where the image is; no signature was looked at.",
  "verify.conclusion.refused": "NOT VERIFIED: what was asked for accepts no signature of this image.",
  "verify.conclusion.noAttestation": "NOT VERIFIED: the image has no attestation as asked for.",
  "verify.conclusion.badAttestation": "NOT VERIFIED: there is an attestation, and it is not what was asked for.",
  "verify.conclusion.unknown": "CANNOT TELL: something could not be read or verified; the image is not verified.",
  "verify.conclusion.denied": "NOT VERIFIED: the policy refuses the image.",
  "verify.conclusion.nothingAsked": "The policy asks for no signature of this image; nothing was verified.",
  "verify.conclusion.unverified": "Nothing was verified. A signature that merely lies there proves nothing.",
  "verify.recursive":
    "Children of an index need signatures of their own: sign with “cosign sign --recursive” or “haechi sign --recursive”, or accept the index for them with --children covered.",
  "verify.found.none": "Nothing is attached to the image in its repository.",
  "verify.found.title": "Attached to the image, not verified:",
  "verify.how":
    "To verify, say whose signature you expect: --key FILE, or --certificate-identity with --certificate-oidc-issuer, --trust-policy, --gpg-key, --notary-server, or --policy FILE.",

  "cli.verify.summary": "Verify who signed an image; says for each signature what was checked and what failed.",
  "cli.verify.image": "REFERENCE or docker://REFERENCE of a registry, oci:FOLDER[:TAG] or oci-archive:FILE[:TAG].",
  "cli.verify.policy":
    "File with policy documents; the entry for this image says what to verify. May be repeated. Without flags: what is configured.",
  "cli.verify.key": "Public key (PEM) of a cosign signature; any of several is enough.",
  "cli.verify.certificateIdentity": "Who must have signed without a key: an address or URI, exactly.",
  "cli.verify.certificateIdentityPattern": "The same as a pattern, where * stands for any text.",
  "cli.verify.certificateOidcIssuer": "Who must have said so: the issuer of the identity token, exactly.",
  "cli.verify.certificateOidcIssuerPattern": "The same as a pattern, where * stands for any text.",
  "cli.verify.trustedRoot":
    "trusted_root.json of the Sigstore instance, or the name of a configured one; default: the public instance.",
  "cli.verify.notaryServer": "Notary v1 server (Docker Content Trust) of the registry.",
  "cli.verify.notaryRootKeyId": "Key id of the root that is trusted; may be repeated.",
  "cli.verify.trustOnFirstUse": "Without a pinned root: trust the first that is seen, and keep to it.",
  "cli.verify.signer": "Signer who must have signed the tag: NAME=FILE with the public key; may be repeated.",
  "cli.verify.gpgKey": "Key ring of a GPG simple signature; may be repeated.",
  "cli.verify.gpgStore": "Lookaside store (URL or folder); default: the registry’s signature extension.",
  "cli.verify.gpgIdentity":
    "How the signed name relates to the image: matchRepoDigestOrExact (default), matchExact, matchRepository, exactReference=REF, exactRepository=REPO, remapIdentity=PREFIX=SIGNED.",
  "cli.verify.trustPolicy": "trustpolicy.json of the Notary Project (notation).",
  "cli.verify.trustStore": "Certificates for it: ca:NAME=FILE, signingAuthority:NAME=FILE or tsa:NAME=FILE.",
  "cli.verify.attestationType":
    "Verify an attestation of this predicate type instead of a signature; key or identity say by whom.",
  "cli.verify.condition": "CEL expression that must be true of the attestation; may be repeated.",
  "cli.verify.children":
    "Whether images of an index need signatures of their own (required) or the index’s is enough (covered).",
  "cli.verify.allowPrivate":
    "Host, address or CIDR in a private network to which registries and certificates may lead; may be repeated.",
};

export const signaturesKo: Record<keyof typeof signaturesEn, string> = {
  "signature.MALFORMED": "표시된 종류의 서명이 아닙니다. 제거하고 다시 서명하십시오.",
  "signature.SIGNATURE_INVALID":
    "서명이 서명 대상과 맞지 않습니다. 둘 중 하나가 변경되었습니다. 이 이미지를 사용하지 말고 누가 변경했는지 확인하십시오.",
  "signature.DIGEST_MISMATCH":
    "다른 이미지의 서명입니다. 이 다이제스트에 서명하십시오. 다시 빌드한 이미지에는 새 서명이 필요합니다.",
  "signature.REFERENCE_MISMATCH": "다른 저장소나 태그에 대한 서명입니다. 실제로 사용하는 이름으로 서명하십시오.",
  "signature.KEY_MISMATCH": "요구하지 않은 키로 서명되었습니다. 키를 확인하거나 올바른 키로 다시 서명하십시오.",
  "signature.IDENTITY_MISMATCH": "요구하지 않은 신원이 서명했습니다. 아래의 신원과 발급자를 요구한 값과 비교하십시오.",
  "signature.CERTIFICATE_UNTRUSTED":
    "인증서가 신뢰하는 루트로 이어지지 않습니다. 신뢰 루트 또는 신뢰 저장소를 확인하십시오.",
  "signature.EXPIRED": "인증서, 키, 서명 또는 메타데이터의 유효 기간이 지났습니다. 이미지에 다시 서명하십시오.",
  "signature.REVOKED":
    "인증서 또는 키가 폐기되었습니다. 다른 사람이 가지고 있을 수 있습니다. 다른 키로 다시 서명하고, 이 키로 서명한 다른 이미지도 확인하십시오.",
  "signature.LOG_PROOF_MISSING":
    "서명이 투명성 로그에 있다는 증거가 없습니다. 로그에 기록하며 서명하거나, 직접 관리하는 키라면 로그를 요구하지 마십시오.",
  "signature.LOG_PROOF_INVALID":
    "투명성 로그의 증거가 성립하지 않습니다. 신뢰 루트가 서명에 사용한 인스턴스의 것인지 확인하십시오.",
  "signature.SCT_INVALID":
    "인증서에 유효한 인증서 로그 증거(SCT)가 없습니다. 신뢰 루트가 서명에 사용한 인스턴스의 것인지 확인하십시오.",
  "signature.TIMESTAMP_INVALID":
    "신뢰할 수 있는 서명 시각이 없거나 성립하지 않습니다. 신뢰 루트에 있는 타임스탬프 기관을 사용해 서명하십시오.",
  "signature.METADATA_ROLLBACK":
    "신뢰 서버가 이전에 본 것보다 오래된 메타데이터를 제공했습니다. 재전송 공격이거나 서버를 백업에서 복원한 경우입니다.",
  "signature.THRESHOLD_NOT_MET": "메타데이터가 충분한 수의 키로 서명되지 않았습니다. 저장소를 다시 게시하십시오.",
  "signature.ROOT_NOT_TRUSTED":
    "저장소의 루트가 고정한 루트나 처음 본 루트와 다릅니다. 의도적으로 교체했다면 새 키를 고정하십시오.",
  "signature.TARGET_MISSING":
    "태그가 서명되지 않았거나 이 서명자가 서명하지 않았습니다. “docker trust sign” 또는 “notary”로 서명하십시오.",
  "signature.SIGNERS_DISAGREE":
    "일치해야 하는 서명자들이 이 태그의 서로 다른 다이제스트에 서명했습니다. 모두 같은 이미지에 서명해야 합니다.",
  "signature.PREDICATE_MISMATCH":
    "요구한 유형의 증명이 없습니다. 올바른 유형으로 증명하거나 요구하는 유형을 수정하십시오.",
  "signature.CONDITION_FALSE": "증명의 내용이 조건을 충족하지 않습니다.",
  "signature.TOO_OLD": "허용하는 기간보다 오래되었습니다. 이미지를 다시 검사하고 증명하십시오.",
  "signature.REJECTED": "정책이 아무 서명도 허용하지 않습니다.",
  "signature.NOT_SUPPORTED":
    "레지스트리에 이 종류의 서명을 위한 서비스가 없습니다. 서버나 저장소를 지정하십시오: --notary-server 또는 --gpg-store, 정책에서는 trustServer 또는 storeURL.",
  "signature.TOO_FEW_SIGNERS": "서로 다른 서명자의 수가 요구한 것보다 적습니다.",
  "signature.POLICY_MISMATCH":
    "신뢰 정책의 검사가 실패했지만 정책에 따라 기록만 합니다. 신뢰 정책 문서의 이름을 확인하십시오.",
  "signature.UNSUPPORTED": "여기에서 검증할 수 없는 형식이나 알고리즘입니다. 최신 도구로 다시 서명하십시오.",
  "signature.TRUST_MATERIAL_INVALID":
    "검증에 필요한 키, 인증서 또는 신뢰 루트가 없거나 읽을 수 없습니다. 파일과 설정을 확인하십시오.",
  "signature.CONDITION_UNDECIDED": "조건을 평가할 수 없습니다. 증명에 조건이 묻는 내용이 없습니다.",
  "signature.REVOCATION_UNKNOWN":
    "인증서가 폐기되었는지 확인할 수 없습니다. OCSP 또는 CRL 서비스에 연결할 수 있는지 확인하십시오.",
  "signature.SOURCE_UNAVAILABLE":
    "읽을 수 없는 곳이 있어 서명을 놓쳤을 수 있습니다. 네트워크와 자격 증명을 확인한 뒤 다시 시도하십시오.",
  "signature.LIMIT_EXCEEDED": "서명의 수나 크기가 한도를 넘습니다. 저장소에서 필요 없는 것을 제거하십시오.",

  "verify.state.verified": "검증됨",
  "verify.state.none": "서명 없음",
  "verify.state.bad": "잘못된 서명",
  "verify.state.unknown": "판단 불가",
  "verify.state.notSupported": "지원되지 않음",
  "verify.state.refused": "모두 거부함",
  "verify.state.noAttestation": "증명 없음",
  "verify.state.badAttestation": "증명이 성립하지 않음",
  "verify.label.image": "이미지",
  "verify.label.digest": "다이제스트",
  "verify.label.policy": "정책",
  "verify.label.platform": "플랫폼",
  "verify.label.time": "서명 시각",
  "verify.label.checked": "확인 항목",
  "verify.label.issuer": "발급자",
  "verify.label.key": "키",
  "verify.label.log": "로그 항목",
  "verify.label.claims": "주장하는 신원",
  "verify.label.predicate": "유형",
  "verify.label.validUntil": "유효 기한",
  "verify.label.details": "상세",
  "verify.effect.bad": "인정하지 않음",
  "verify.effect.unknown": "판단 불가",
  "verify.effect.warning": "기록만 함",
  "verify.time.timestamp-authority": "{time} (타임스탬프 기관)",
  "verify.time.transparency-log": "{time} (투명성 로그)",
  "verify.time.signer": "{time} (서명자의 주장)",
  "verify.index": "인덱스입니다. 인덱스와 그 안에서 실행할 수 있는 이미지가 모두 서명되어 있어야 합니다.",
  "verify.index.covered": "인덱스입니다. 인덱스의 서명만으로 그 안의 이미지도 인정합니다.",
  "verify.child": "인덱스의 이미지",
  "verify.conclusion.verified": "검증되었습니다. 요구한 것이 모두 성립합니다.",
  "verify.conclusion.bad": "검증되지 않았습니다. 서명이 있지만 인정되지 않습니다. 서명이 없는 것보다 위험합니다.",
  "verify.conclusion.none": "검증되지 않았습니다. 요구한 서명이 없습니다.",
  "verify.conclusion.notSupported":
    "검증되지 않았습니다. 이미지가 있는 곳이 이 종류의 서명을 지원하지 않아 어떤 서명도 확인하지 않았습니다.",
  "verify.conclusion.refused": "검증되지 않았습니다. 요구한 조건이 이 이미지의 어떤 서명도 인정하지 않습니다.",
  "verify.conclusion.noAttestation": "검증되지 않았습니다. 요구한 증명이 이미지에 없습니다.",
  "verify.conclusion.badAttestation": "검증되지 않았습니다. 증명이 있지만 요구한 것과 맞지 않습니다.",
  "verify.conclusion.unknown": "판단할 수 없습니다. 읽거나 검증하지 못한 것이 있어 이미지가 검증되지 않았습니다.",
  "verify.conclusion.denied": "검증되지 않았습니다. 정책이 이미지를 거부합니다.",
  "verify.conclusion.nothingAsked": "정책이 이 이미지의 서명을 요구하지 않습니다. 아무것도 검증하지 않았습니다.",
  "verify.conclusion.unverified":
    "아무것도 검증하지 않았습니다. 서명이 첨부되어 있다는 것만으로는 증명이 되지 않습니다.",
  "verify.recursive":
    "인덱스 안의 이미지에도 각각 서명이 필요합니다. “cosign sign --recursive” 또는 “haechi sign --recursive”로 서명하거나, --children covered로 인덱스의 서명을 인정하십시오.",
  "verify.found.none": "저장소에서 이미지에 첨부된 것이 없습니다.",
  "verify.found.title": "이미지에 첨부된 것(검증하지 않음):",
  "verify.how":
    "검증하려면 누구의 서명이어야 하는지 지정하십시오: --key FILE, 또는 --certificate-identity와 --certificate-oidc-issuer, --trust-policy, --gpg-key, --notary-server, 또는 --policy FILE.",

  "cli.verify.summary": "이미지에 누가 서명했는지 검증합니다. 서명마다 확인한 것과 실패한 것을 보여 줍니다.",
  "cli.verify.image": "레지스트리의 REFERENCE 또는 docker://REFERENCE, oci:FOLDER[:TAG] 또는 oci-archive:FILE[:TAG].",
  "cli.verify.policy":
    "정책 문서 파일. 이 이미지에 해당하는 항목이 무엇을 검증할지 정합니다. 여러 번 지정할 수 있습니다. 옵션이 없으면 설정에 따릅니다.",
  "cli.verify.key": "cosign 서명의 공개 키(PEM). 여러 개이면 그중 하나로 충분합니다.",
  "cli.verify.certificateIdentity": "키 없이 서명한 신원: 주소 또는 URI. 정확히 일치해야 합니다.",
  "cli.verify.certificateIdentityPattern": "같은 값을 패턴으로 지정합니다. *는 임의의 문자열입니다.",
  "cli.verify.certificateOidcIssuer": "신원 토큰의 발급자. 정확히 일치해야 합니다.",
  "cli.verify.certificateOidcIssuerPattern": "같은 값을 패턴으로 지정합니다. *는 임의의 문자열입니다.",
  "cli.verify.trustedRoot": "Sigstore 인스턴스의 trusted_root.json 또는 설정에 있는 이름. 기본값: 공개 인스턴스.",
  "cli.verify.notaryServer": "레지스트리의 Notary v1 서버(Docker Content Trust).",
  "cli.verify.notaryRootKeyId": "신뢰하는 루트의 키 ID. 여러 번 지정할 수 있습니다.",
  "cli.verify.trustOnFirstUse": "고정한 루트가 없으면 처음 본 루트를 신뢰하고 계속 지킵니다.",
  "cli.verify.signer": "태그에 서명했어야 하는 서명자: NAME=공개 키 파일. 여러 번 지정할 수 있습니다.",
  "cli.verify.gpgKey": "GPG 단순 서명의 키 링. 여러 번 지정할 수 있습니다.",
  "cli.verify.gpgStore": "서명 저장소(URL 또는 폴더). 기본값: 레지스트리의 서명 확장.",
  "cli.verify.gpgIdentity":
    "서명된 이름과 이미지의 관계: matchRepoDigestOrExact(기본값), matchExact, matchRepository, exactReference=REF, exactRepository=REPO, remapIdentity=PREFIX=SIGNED.",
  "cli.verify.trustPolicy": "Notary Project(notation)의 trustpolicy.json.",
  "cli.verify.trustStore": "그 인증서: ca:NAME=FILE, signingAuthority:NAME=FILE 또는 tsa:NAME=FILE.",
  "cli.verify.attestationType":
    "서명 대신 이 유형(predicate type)의 증명을 검증합니다. 누구의 증명인지는 키 또는 신원으로 지정합니다.",
  "cli.verify.condition": "증명에 대해 참이어야 하는 CEL 식. 여러 번 지정할 수 있습니다.",
  "cli.verify.children":
    "인덱스 안의 이미지에도 서명이 필요한지(required), 인덱스의 서명으로 충분한지(covered) 정합니다.",
  "cli.verify.allowPrivate":
    "레지스트리나 인증서가 이끌 수 있는 사설망의 호스트, 주소 또는 CIDR. 여러 번 지정할 수 있습니다.",
};
