export { chooseForm, type FormRequest } from "./choose-form.ts";
