/**
 * Where Runpod's console has the account's API keys and secrets, each on a tab of its own.
 * Source: runpod/docs ddc61b5, get-started/credentials.mdx.
 */
export const credentialsPage = "https://console.runpod.io/user/credentials";
