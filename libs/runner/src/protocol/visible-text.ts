const isBreak = (code: number): boolean => code === 0x09 || code === 0x0a;
const hidden = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text in which nothing moves a terminal or ends a line by stealth: control characters become their pictures (ESC → ␛),
 * C1 controls, lone surrogates and what turns the direction of writing the replacement character. Tab stays; line feed only where `lines` is asked for.
 */
export function visibleText(text: string, options: { readonly lines?: boolean } = {}): string {
  return text.replace(hidden, (character) => {
    const code = character.charCodeAt(0);
    if (isBreak(code) && (code === 0x09 || options.lines === true)) return character;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}
