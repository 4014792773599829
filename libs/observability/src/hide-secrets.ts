const apiKey = /\bstm_([A-Za-z0-9-]+)_[A-Za-z0-9_-]{8,}/g;
const credentialsInUrl = /([a-z][a-z0-9+.-]*:\/\/)[^\s/"'@]*@/gi;
const passwordInQuery = /([?&](?:password|secret|token|key)=)[^&\s"']+/gi;

/** `text` without the secrets of API keys and without the credentials in URLs, whoever wrote them into it. */
export function hideSecrets(text: string): string {
  return text
    .replace(apiKey, 'stm_$1_[hidden]')
    .replace(credentialsInUrl, '$1[hidden]@')
    .replace(passwordInQuery, '$1[hidden]');
}
