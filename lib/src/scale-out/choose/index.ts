export { chooseForm, type FormRequest } from "./choose-form.ts";
export { type SaturationSign, signsOfSaturation } from "./signs-of-saturation.ts";
