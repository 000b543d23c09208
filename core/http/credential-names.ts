/** Parameters whose values are credentials whoever made them up, those of addresses that are signed among them (AWS
 *  Signature 4, Google Cloud Storage, Azure's shared access signatures). */
const CREDENTIAL =
  /^((access|refresh|id|auth|session|private|bearer|security|csrf)[_-]?token|(api|access|subscription|secret)[_-]?key|auth|authorization|jwt|sig|signature|hmac|pass(word|wd)?|secret|client[_-]?secret|credentials?|aws[_-]?access[_-]?key[_-]?id|googleaccessid|x-(amz|goog)-.*)$/i;

/** Names that say little: `key` and `token` are as often places in a list. */
const PERHAPS = /^(key|token)$/i;

/** Whether a query parameter is named like a credential. */
export const namesCredential = (parameter: string): boolean => CREDENTIAL.test(parameter);

export const mayNameCredential = (parameter: string): boolean =>
  PERHAPS.test(parameter) || namesCredential(parameter);
