enum OktaAPIPlaceholder {}
