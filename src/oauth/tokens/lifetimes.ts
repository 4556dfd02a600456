/** Lifetimes in seconds. */
export const ACCESS_TOKEN_S = 3600;
export const CODE_S = 60;
export const INTERACTION_S = 600;
/** Absolute: a rotated refresh token keeps the remaining life of its predecessor. */
export const GRANT_S = 30 * 24 * 3600;
export const SESSION_IDLE_S = 30 * 60;
export const SESSION_ABSOLUTE_S = 12 * 3600;
