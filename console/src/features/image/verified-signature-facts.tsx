// SPDX-License-Identifier: Apache-2.0
import { Text } from "@mantine/core";
import { useIntl } from "react-intl";
import type { VerifiedSignature } from "../../api/generated/api.ts";
import { useCodeText, useText } from "../../app/language.tsx";
import { Moment } from "../../components/moment.tsx";
import { shortDigest } from "../../lib/short-digest.ts";
import { Fact } from "./image-facts.tsx";

/** One signature that counts: by whom, when and who says so, and what was checked. */
export function VerifiedSignatureFacts({ signature }: { readonly signature: VerifiedSignature }) {
  const text = useText();
  const codeText = useCodeText();
  const { kind, identity, issuer, keyId, transparency, location, checks, predicateType, platform, digest } = signature;
  const checked = checks.map((check) => codeText("console.signature.check", check, check));
  return (
    <article className="signature" data-effect="verified">
      <Text fw={600}>
        <span className="reason-effect">{text(`console.signature.kind.${kind}`)}</span>{" "}
        <span className="long">{identity}</span>
      </Text>
      <dl className="facts">
        {issuer === undefined ? null : (
          <Fact name={text("console.signature.issuer")}>
            <span className="long">{issuer}</span>
          </Fact>
        )}
        <Fact name={text("console.signature.signedAt")}>
          <SignedAt signature={signature} />
        </Fact>
        {keyId === identity ? null : (
          <Fact name={text("console.signature.key")}>
            <span className="mono long">{keyId}</span>
          </Fact>
        )}
        <CertificateFact signature={signature} />
        {transparency === undefined ? null : (
          <Fact name={text("console.signature.log")}>
            <span className="long">
              {text("console.signature.logEntry", { index: transparency.logIndex, log: transparency.logId })}
            </span>
          </Fact>
        )}
        {predicateType === undefined ? null : (
          <Fact name={text("console.signature.predicate")}>
            <span className="mono long">{predicateType}</span>
          </Fact>
        )}
        <Fact name={text("console.signature.about")}>
          {platform === undefined ? null : `${platform}, `}
          <span className="mono" title={digest}>
            {shortDigest(digest)}
          </span>
        </Fact>
        <Fact name={text("console.signature.location")}>
          <span className="mono long">{location}</span>
        </Fact>
        <Fact name={text("console.signature.checks")}>{checked.join(", ")}</Fact>
      </dl>
    </article>
  );
}

function SignedAt({ signature: { signedAt, timeSource } }: { readonly signature: VerifiedSignature }) {
  const text = useText();
  if (signedAt === undefined) {
    return text("console.signature.noTime");
  }
  return (
    <>
      <Moment at={signedAt} />
      {timeSource === undefined ? null : `, ${text(`console.signature.time.${timeSource}`)}`}
    </>
  );
}

function CertificateFact({ signature: { certificate } }: { readonly signature: VerifiedSignature }) {
  const text = useText();
  const intl = useIntl();
  if (certificate === undefined) {
    return null;
  }
  const { subject, issuer, serialNumber, notBefore, notAfter, fingerprint } = certificate;
  function day(at: string): string {
    return intl.formatDate(at, { dateStyle: "medium", timeStyle: "short" });
  }
  return (
    <Fact name={text("console.signature.certificate")}>
      {subject === "" ? null : <span className="long">{subject} · </span>}
      <span className="long">{issuer}</span>
      <Text size="xs" c="dimmed" className="long">
        {text("console.signature.certificateValid", { from: day(notBefore), to: day(notAfter), serial: serialNumber })}
      </Text>
      <Text size="xs" c="dimmed" className="mono long">
        {fingerprint}
      </Text>
    </Fact>
  );
}
