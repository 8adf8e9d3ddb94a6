/** Parameters of a query, and headers, that hold a secret by their name. */
export const SECRET_NAME = /key|token|secret|sig|auth|pass|code|cred|cookie/i;
