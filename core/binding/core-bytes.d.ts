/** The engine's bytes in base64. The module is written by the build beside the compiled sources, not here. */
export declare const coreBase64: string;
