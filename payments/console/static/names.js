// @ts-check
/** Names and plain sentences for what the events say in ids and codes. */
import { feed } from "./feed.js";

/** The name of an institution. @param {string} id */
export const institutionName = (id) => feed.members.find((each) => each.id === id)?.name ?? id;

/** @param {string} role of a member @returns {string} the class that sets its colour */
export const roleClass = (role) => `p-${role}`;
