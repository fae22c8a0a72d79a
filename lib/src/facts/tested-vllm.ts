/** The release of vLLM that pods run unless told otherwise, and whose answers this workbook is tested against. */
export const testedVllmVersion = "0.33.0";
