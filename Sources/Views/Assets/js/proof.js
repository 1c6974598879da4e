// @ts-check
/*
 * The piece of work of a form's sender, as Altcha has it in its first version: finds the number
 * whose hash the server named. Embedded forms carry this file inside their own script; the hosted
 * page runs it by itself.
 */

/** @typedef {{ algorithm: string, challenge: string, maxnumber: number, salt: string,
 *   signature: string }} Task */

/** @param {Task} task @returns {Promise<string>} the proof, as the form sends it */
export async function solve({ algorithm, challenge, maxnumber, salt, signature }) {
  const text = new TextEncoder();
  for (let number = 0; number <= maxnumber; number++) {
    const hash = await crypto.subtle.digest(algorithm, text.encode(salt + number));
    const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    );
    if (hex === challenge) {
      return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
    }
  }
  return "";
}
