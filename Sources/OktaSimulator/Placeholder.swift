enum OktaSimulatorPlaceholder {}
