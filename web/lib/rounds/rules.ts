// The rules for over-subscription a round can declare, by the API's names.

/** First come, one share each in turn, in proportion to what was asked. */
export const rules = ['first-come', 'equal-steps', 'pro-rata'] as const;
