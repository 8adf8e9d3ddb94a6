import type { OlderVersion } from "./older-version.js";

/** Version 0.2.0: its texts are this one's. */
export const VERSION_0_2: OlderVersion = {
  code: {
    "3b645d0a1c3a82b241bd4e3556f12f0dfe112a35108a5aa3a152b694e0d528fa": ["plot", "css"],
    "7df4bc1cd204d48e6653ce3226e452e5bd9ccd2aac7c9ba855736c36a0b5db16": ["plot", "js"],
    "69666c9fa49f11db904590d8089d22475d2a1676b57efafcba7dfd19aeec85ca": ["table", "css"],
    a5aa6bf9d68270811995a625924decbfe1eed32573a4f0d3de03dfe737cd4046: ["table", "js"],
    d2d1eae5cce1e386f9943c7d92fab53f3f9fda690ae0be831c1728267774750e: ["explorer", "css"],
    "75fa94d053e45ebc9a043c82d539c0e717fc62f1c6d88b5f052910721ac809ba": ["explorer", "js"],
  },
  explorer: [],
  hasUnroundedGroups: false,
  page: () => [],
  sentences: [],
};
