enum WebSupportPlaceholder {}
