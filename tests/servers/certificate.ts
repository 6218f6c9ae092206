// A certificate for 'localhost' that nobody trusts, with its key: for test servers alone.

/** The certificate, PEM. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUa14jHjTNVTOKjpEVJwhuENI+MQYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE4MjEwNloYDzIxMjYxMDI5
MTgyMTA2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATwid6qnaLpEX+CVpST+/J5CosA60lZYycZww0s4ao3eFBhFJuKI/B2
tSewp4cL68lUaQbSKbykCD5FGNS4cRHwo28wbTAdBgNVHQ4EFgQU0xajATzxSRJ7
/YbKl857yUq1j38wHwYDVR0jBBgwFoAU0xajATzxSRJ7/YbKl857yUq1j38wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAKuxi8qojOBNuWtbJ3c/H5qmmRfgIL3PVeKe87mYq6A0AiBt
XgSd52e68hA3+o2L4++wOtGjjSEvtqVA3mv+py31JA==
-----END CERTIFICATE-----
`;

/** Its private key, PEM. */
export const certificateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmNVAW/K+IkuXIR8h
7EkOJsfG0Sb4tt9j3YZUodzG8sWhRANCAATwid6qnaLpEX+CVpST+/J5CosA60lZ
YycZww0s4ao3eFBhFJuKI/B2tSewp4cL68lUaQbSKbykCD5FGNS4cRHw
-----END PRIVATE KEY-----
`;
