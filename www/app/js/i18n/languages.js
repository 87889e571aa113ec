/* Made by www/words/words.py from the catalogues beside it; `make generate` renews it. */
export const LANGUAGES = {
  "en": "English",
  "de": "Deutsch",
};
