// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";

/** The certificate that a server on loopback shows now. */
export async function readServedCertificate(url: string): Promise<X509Certificate> {
  return await new Promise((resolve, reject) => {
    // the certificate itself is what is asked for
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port), rejectUnauthorized: false });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
  });
}
