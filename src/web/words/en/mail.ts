/** Texts of this area come with its pages. */
export const mail = {};
